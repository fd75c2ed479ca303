# shellcheck shell=bash
# What the tests of hostile bundles share. A test is safe in two ways: the runtime refuses and leaves nothing, or it goes on with a
# harmless result. Nothing of the host may change: the canary beside the bundle, and what the leak oracle watches.

canary_manifest() {
  (cd "$CANARY" && find . -printf '%p %y %m %U:%G %s %T@ %l\n' | sort && sha256sum file dir/inner)
}

# A directory of the host's that the bundle knows how to name.
setup() {
  suite_setup
  CANARY=$DIR/canary
  mkdir -p "$CANARY/dir"
  echo secret >"$CANARY/file"
  echo inner >"$CANARY/dir/inner"
  ln -s file "$CANARY/link"
  mkfifo "$CANARY/fifo"
  chmod 640 "$CANARY/file"
  canary_manifest >"$DIR/canary.before"
  bundle '.root.readonly = false'
  R=$BUNDLE/rootfs
}

unharmed() {
  canary_manifest >"$DIR/canary.after"
  cmp -s "$DIR/canary.before" "$DIR/canary.after" || complain "the canary has changed:" "$(diff "$DIR/canary.before" "$DIR/canary.after")"
}

# harmless TEXT: `run` either refuses, csrunc in words that match TEXT, or prints just what $1 is not about: "ok".
refused_run() {
  fails rt run -b "$BUNDLE" "$ID" || return 1
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" "$1" || return 1
  unharmed && nothing_left
}

# either: the run may fail, but it must not hang, change the canary, or leave anything. What it printed is $out.
either() {
  try rt run -b "$BUNDLE" "$ID"
  [[ $status != 124 && $status != 137 ]] || complain 'hung' || return 1
  unharmed && nothing_left
}

# swap A B: exchanges two names for ever, as fast as it goes.
swap() {
  exec python3 - "$1" "$2" <<'END'
import ctypes, sys
libc = ctypes.CDLL(None)
a, b = (name.encode() for name in sys.argv[1:])
while True:
    libc.renameat2(-100, a, -100, b, 2)  # RENAME_EXCHANGE
END
}
