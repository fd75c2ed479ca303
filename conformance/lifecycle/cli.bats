#!/usr/bin/env bats
# Words on the command line: version, help, spec, features, what is refused

load ../lib/suite

@test "--version names the program, its commit and the specification" {
  ok "$RUNTIME" --version
  has "$(head -n 1 <<<"$out")" '^(runc|crun|csrunc) version [0-9]+\.[0-9]+'
  has "$out" '^commit: .+'
  has "$out" '^spec: 1\.[0-9]+\.[0-9]+'
  is "$err" ''
  ok "$RUNTIME" -v
  has "$out" ' version '
}

@test "--help lists the verbs" {
  ok "$RUNTIME" --help
  local verb
  for verb in create delete features kill list run spec start state; do
    [[ $verb == features && $RUNTIME_NAME == crun ]] || has "$out" "(^|[[:space:],])$verb\b"
  done
}

@test "each verb explains itself" {
  local verb
  for verb in create delete kill list run spec start state; do
    ok "$RUNTIME" "$verb" --help
    has "$out" "$verb"
    is "$err" ''
    [[ $RUNTIME_NAME == crun ]] || ok "$RUNTIME" "$verb" -h
  done
}

@test "an unknown verb or flag is an error" {
  local words
  for words in 'nosuchverb' '--nosuchflag list' 'list --nosuchflag' 'create --nosuchflag x' 'run -z x'; do
    # shellcheck disable=SC2086 # words
    fails rt $words
    [[ $RUNTIME_NAME == crun ]] || isnt "$status" 0
  done
  is "$(ls -A "$STATE")" ''
}

@test "an unknown verb ends with 3, as runc's does" {
  skip_on crun 'it has its own'
  fails rt nosuchverb
  is "$status" 3
  has "$output" "No help topic for 'nosuchverb'"
}

@test "several letters behind one dash are one option's name" {
  skip_on crun 'reads them as letters'
  local words
  for words in 'delete -ff true' 'list -fq json' 'list -qf json' 'list -fjson' 'exec -td x true' 'run -db x' 'ps -fjson x'; do
    # shellcheck disable=SC2086 # words
    fails rt $words
    is "$words: $status" "$words: 1"
    words=${words#* -}
    has "$err" "flag provided but not defined: -+${words%% *}"
  done
}

@test "a missing or surplus operand is an error with status 1" {
  skip_on crun 'ignores what is too much'
  local words
  for words in create run start state kill delete 'state a b' 'delete a b' 'start a b' 'create a b'; do
    # shellcheck disable=SC2086 # words
    fails rt $words
    is "$status" 1
  done
}

@test "spec writes a config that runs" {
  cp -a "$SUITE_DIR/rootfs" "$DIR/rootfs"
  ok rt spec
  is "$out" ''
  # Podman, Docker and people edit it: these are the facts they build on.
  is "$(jq -c '[.process.terminal, .process.args, .process.cwd, .root]' config.json)" \
    '[true,["sh"],"/",{"path":"rootfs","readonly":true}]'
  jq '.process.terminal = false | .process.args = ["echo", "hi"]' config.json >config && mv config config.json
  ok rt run "$ID"
  is "$out" hi
}

# default.json is what runc 1.1.5 writes, but for the terminal and the program. Known to differ, and why:
#   .process.capabilities.ambient  runc sets none since 1.2: ambient ones outlive an execve by a user who is not root
#   .ociVersion, .hostname         the runtime's own
#   the cgroup namespace           where the machine has cgroup v2 alone
@test "spec equals runc's in all that counts" {
  skip_on crun 'has some limits of its own'
  ok rt spec
  local known='del(.ociVersion, .hostname)'
  [[ $RUNTIME_NAME == runc ]] || known+=' | del(.process.capabilities.ambient)'
  [[ $(stat -fc %T /sys/fs/cgroup) != cgroup2fs ]] || known+=' | .linux.namespaces += [{type: "cgroup"}]'
  is "$(jq -S '.process.terminal = false | .process.args = ["true"] | del(.ociVersion, .hostname)' config.json)" \
    "$(jq -S "$known" "$LIB/default.json")"
  is "$(jq -c '[.process.terminal, .process.args]' config.json)" '[true,["sh"]]'
}

@test "spec --rootless differs from spec in the user's ids and what a lone user cannot have" {
  skip_on crun '1.8.1 keeps the network namespace'
  mkdir root user
  ok rt spec -b root
  ok rt spec -b user --rootless
  is "$(jq -S . user/config.json)" "$(jq -S '
    del(.linux.resources)
    | .linux.namespaces = [.linux.namespaces[] | select(.type != "network")] + [{type: "user"}]
    | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings
    | .mounts |= map(if .destination == "/sys"
        then {destination, type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"]}
        else . end | if .options then .options -= ["gid=5"] else . end)' root/config.json)"
}

@test "spec refuses to overwrite, and takes --bundle" {
  mkdir "$DIR/b"
  ok rt spec --bundle "$DIR/b"
  [[ -s $DIR/b/config.json && ! -e $DIR/config.json ]]
  fails rt spec -b "$DIR/b"
  is "$status" 1
}

@test "spec --rootless maps the caller's user and needs no cgroup" {
  skip_on crun '1.8.1 keeps the network namespace'
  ok rt spec --rootless
  is "$(jq '[.linux.namespaces[].type] | index("user") != null and index("network") == null' config.json)" true
  is "$(jq '.linux.uidMappings | length' config.json)" 1
  is "$(jq '.linux | has("resources")' config.json)" false
}

@test "features is JSON, honest, and silent on stderr" {
  skip_on crun '1.8.1 has no features'
  skip_on runc "1.1.5 prints an earlier form"
  ok rt features
  is "$err" ''
  is "$(jq -r .ociVersionMin <<<"$out")" 1.0.0
  has "$(jq -r .ociVersionMax <<<"$out")" '^1\.[0-3]\.[0-9]$'
  is "$(jq -c '.hooks | sort' <<<"$out")" '["createContainer","createRuntime","poststart","poststop","prestart","startContainer"]'
  local option
  for option in async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime noexec noiversion \
    nolazytime norelatime nostrictatime nosuid private rbind relatime remount ro rprivate rshared rslave runbindable rw shared silent \
    slave strictatime suid sync unbindable; do
    is "$(jq --arg o "$option" '.mountOptions | index($o) != null' <<<"$out")" true
  done
  for option in cgroup ipc mount network pid user uts; do
    is "$(jq --arg o "$option" '.linux.namespaces | index($o) != null' <<<"$out")" true
  done
  is "$(jq .linux.seccomp.enabled <<<"$out")" true
  is "$(jq .linux.cgroup.v1 <<<"$out")" true
}

@test "features of runc 1.1.5's form: versions, hooks, options, namespaces, seccomp" {
  skip_on crun '1.8.1 has no features'
  ok rt features
  is "$(jq '[.ociVersionMin, .ociVersionMax, .hooks, .mountOptions, .linux.namespaces, .linux.capabilities, .linux.seccomp.actions]
    | map(length > 0) | all' <<<"$out")" true
}

@test "global flags may stand before the verb in any order" {
  bundle
  local words="--log $DIR/log --log-format json --debug"
  # shellcheck disable=SC2086 # words
  ok rt $words run -b "$BUNDLE" "$ID"
  ok rt --rootless=false list -q
  ok rt --rootless auto list -q
  nothing_left
}

@test "--log-level says how much is told: error, warning, debug" {
  skip_on runc '1.1.5 has --debug only'
  skip_on crun '1.8.1 has --debug only'
  local level
  for level in error warning debug; do ok rt --log-level "$level" list -q; done
  fails rt --log-level loud list -q
}

@test "--root= and --bundle= take their value after an equals sign too" {
  bundle
  ok "$RUNTIME" --root="$STATE" create --bundle="$BUNDLE" --pid-file="$DIR/pid" "$ID"
  is "$("$RUNTIME" --root="$STATE" state "$ID" | jq -r .status)" created
  # named as the program is
  mkdir "$DIR/$RUNTIME_NAME"
  ok "$RUNTIME" --root="$DIR/$RUNTIME_NAME" list -q
  ok "$RUNTIME" --root "$DIR/$RUNTIME_NAME" list -q
  is "$out" ''
}

@test "the root must not be /" {
  skip_on crun 'lists the directories of /'
  skip_on runc '1.1.5 lists the directories of /'
  fails "$RUNTIME" --root / list
}

@test "called as runc it says runc of itself, and does the same" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc has two names'
  bundle '.process.args = ["/nowhere"]'
  ln -s "$RUNTIME" "$DIR/runc"
  is "$("$DIR/runc" --version | head -n 1)" "$("$RUNTIME" --version | sed -n '1s/^csrunc/runc/p')"
  has "$("$DIR/runc" --help)" '^   runc \[global options\] command'
  fails "$DIR/runc" --root "$STATE" run -b "$BUNDLE" "$ID"
  local first=$err
  fails rt run -b "$BUNDLE" "$ID"
  is "${first#*level=}" "${err#*level=}"
}

@test "--rootless takes a truth value or auto" {
  skip_on crun 'ignores it'
  local value
  for value in true false auto 1 0; do ok rt --rootless "$value" list -q; done
  fails rt --rootless perhaps list -q
}

@test "the completion script of bash completes verbs, options, values and containers" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc has completion'
  bundle
  args sleep 1000
  up
  ln -s "$RUNTIME" "$DIR/csrunc"
  complete_it() {
    PATH=$DIR:$PATH bash -c 'source <(csrunc completion bash); COMP_WORDS=(csrunc "$@"); COMP_CWORD=$#
      $(complete -p csrunc | sed -n "s/.*-F \([^ ]*\) .*/\1/p"); printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
  }
  is "$(complete_it sta)" $'start\nstate'
  is "$(complete_it run --de)" --detach
  is "$(complete_it --log-format '')" $'text\njson'
  is "$(complete_it --log-format json li)" list
  is "$(complete_it list --format t)" table
  is "$(complete_it completion z)" zsh
  is "$(complete_it create --bundle '')" ''
  is "$(complete_it --root "$STATE" kill "${ID:0:5}")" "$ID"
  is "$(complete_it --root "$STATE" create "${ID:0:5}")" ''
}

@test "the completion scripts of zsh and fish have no error" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc has completion'
  ok "$RUNTIME" completion zsh
  [[ ! $(command -v zsh) ]] || zsh -n <<<"$out"
  ok "$RUNTIME" completion fish
  [[ ! $(command -v fish) ]] || fish --no-execute <<<"$out"
  fails "$RUNTIME" completion csh
}

@test "the manual pages have no error" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc writes its manual'
  mkdir "$DIR/man"
  ok "$RUNTIME" man "$DIR/man"
  [[ -s $DIR/man/csrunc.8 && -s $DIR/man/csrunc-run.8 ]]
  [[ $(command -v man) ]] || return 0
  local page
  for page in "$DIR"/man/*.8; do
    is "$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=100 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)" ''
  done
}

@test "of a global option that is given twice the last one counts" {
  ok "$RUNTIME" --root /nonexistent --root "$STATE" list -q
  is "$out" ''
  skip_on runc 'the rest is csrunc alone'
  skip_on crun 'the rest is csrunc alone'
  bundle
  ok rt run --bundle /nonexistent --bundle "$BUNDLE" "$ID"
  nothing_left
}

@test "an operand that begins with @ is no file of words" {
  skip_on crun 'it words its own'
  fails rt kill @nosuchfile
  lacks "$output" 'esponse file'
}

@test "help is found behind global options" {
  ok rt --help
  has "$out" 'COMMANDS|Usage'
  ok rt --debug -h
}

@test "beside --bundle an operand is an id, and one with a slash is refused" {
  skip_on crun 'it takes it'
  bundle
  fails rt run -b "$BUNDLE" a/b
  has "$output" 'invalid container ID format'
  nothing_left
}

@test "a bundle may be named with a slash at its end, and explained by an operand" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc takes a bundle for an operand'
  bundle
  args sleep 100
  ok rt run -d "$BUNDLE/"
  is "$(rt state bundle | jq -r .bundle)" "$BUNDLE"
  ok rt delete --force bundle
  ok rt explain "$BUNDLE/"
  has "$out" '/process/args'
  fails rt explain nobundle
  has "$output" 'explain: nobundle has no slash, .*: write \./nobundle'
  fails rt explain -b "$BUNDLE" "$BUNDLE/"
  has "$output" 'explain: --bundle and .*/ name a bundle each: give one of them'
  has "$("$RUNTIME" run -h)" 'container-id\|DIR'
  lacks "$("$RUNTIME" kill -h)" 'command options'
  ok "$RUNTIME" help h
  nothing_left
}

@test "explain tells what the host does, in its place, and create does it" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc has explain'
  bundle --arg p "/$TAG-top/$ID" '.linux.cgroupsPath = $p' '.linux.resources = {pids: {limit: 37}, memory: {limit: 67108864}, devices: [{allow: false, access: "rwm"}]}' \
    '.hooks = {prestart: [{path: "/bin/true"}], poststart: [{path: "/bin/true"}]}' \
    '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}] | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 10}]'
  chown 100000:100000 "$BUNDLE/rootfs"
  args sleep 100
  ok rt explain -b "$BUNDLE"
  is "$(find /sys/fs/cgroup -name "$TAG-top")" ''
  local host words made=0 at value file
  host=$(grep '^host' <<<"$out")
  for words in "^host +make the state directory $STATE/explain " '/linux/uidMappings +write 0 100000 10 to .*uid_map' '/hooks/prestart/0 +run prestart hook #0: /bin/true' \
    '/hooks/poststart/0 +run poststart' '/linux/resources/devices' '/linux/resources/pids/limit +write 37 to /sys/fs/cgroup/.*/pids\.max \(write\)' 'write the record'; do
    has "$host" "$words"
  done
  # In their places: the cgroups before the clone, the maps behind it, the hooks before the root is entered, the others at the end.
  at=$(grep -nE 'pids\.max|clone init|uid_map|prestart hook|pivot_root|write the record|wait for the start|poststart hook' <<<"$out" | sed -E 's/.*(pids\.max|clone init|uid_map|prestart hook|pivot_root|write the record|wait for the start|poststart hook).*/\1/' | uniq | paste -sd,)
  is "$at" 'pids.max,clone init,uid_map,prestart hook,pivot_root,write the record,wait for the start,poststart hook'
  is "$(rt explain --format json -b "$BUNDLE" | jq '[.[] | select(has("operation") | not)] | length')" "$(wc -l <<<"$host")"
  create
  while read -r _ _ words; do
    case $words in
      'make the cgroup '*) file=${words#make the cgroup } file=${file% (*} && [[ -d $file ]] || complain "not made: $file"; made=$((made + 1)) ;;
      'write 37 to '*) value=37 file=${words#write 37 to } file=${file% (*}; is "$(<"$file")" "$value" ;;
    esac
  done <<<"$host"
  is "$((made > 0))" 1
  is "$made" "$(find /sys/fs/cgroup -type d \( -path "*/$TAG-top" -o -path "*/$TAG-top/$ID" \) | wc -l)"
  ok rt delete --force "$ID"
  groups_remove -name "$TAG-top"
}

@test "an option with an empty value takes no other word for it" {
  skip_on crun 'it words its own'
  bundle
  cd "$BUNDLE"
  ok rt run --bundle= --pid-file= "$ID"
  fails rt run --preserve-fds= "$ID"
  has "$output" 'invalid value .* -+preserve-fds'
  fails rt run --preserve-fds x "$ID"
  has "$output" 'invalid value .*x.* -+preserve-fds'
  fails rt create
  lacks "$output" 'System\.|Required argument'
  cd "$DIR"
  nothing_left
}

@test "a user's own containers are looked for below XDG_RUNTIME_DIR, root's never" {
  skip_on crun "looks there for root's too"
  bundle
  args sleep 1000
  STATE=$DIR/own/$RUNTIME_NAME
  mkdir -p "$DIR/own"
  up
  chmod 700 "$DIR/own" && chown -R 1000:1000 "$DIR/own"
  is "$(XDG_RUNTIME_DIR=$DIR/own setpriv --reuid 1000 --regid 1000 --clear-groups "$RUNTIME" list -q)" "$ID"
  lacks "$(XDG_RUNTIME_DIR=$DIR/own "$RUNTIME" list -q)" "^$ID\$"
  is "$(XDG_RUNTIME_DIR=$DIR setpriv --reuid 1000 --regid 1000 --clear-groups "$RUNTIME" list -q)" ''
  chown -R 0:0 "$DIR/own"
}

@test "long options with one dash, as engines still write them" {
  skip_on crun 'reads them as letters'
  bundle
  args sleep 1000
  ok "$RUNTIME" -root "$STATE" -log "$DIR/log" -log-format json create -bundle "$BUNDLE" -pid-file "$DIR/pid" -no-new-keyring "$ID"
  ok rt start "$ID"
  ok rt exec -cwd /tmp -env A=b -user 5:6 "$ID" sh -c 'pwd; echo $A; id -u'
  is "$(paste -sd ' ' <<<"$out")" '/tmp b 5'
  ok rt kill -all "$ID" 9
  until_true 5 status_is stopped
  ok rt delete -force "$ID"
}

@test "a value stays what it is, whatever it begins with" {
  skip_on crun 'reads them as letters'
  local name
  for name in -Lab --debug --nosuch -x; do
    ok rt --log "$name" list -q
    is "$(find "$DIR" -maxdepth 1 -name '-*' -printf %f)" "$name"
    rm -- "$name"
  done
  bundle
  ok rt run -b "$BUNDLE" -pid-file -b "$ID"
  [[ -s ./-b ]]
}

@test "two dashes may stand before a letter, and alone before the verb" {
  skip_on crun 'reads them otherwise'
  bundle
  ok rt run --b "$BUNDLE" "$ID"
  ok rt -- list --q --f=json
  ok rt --v
  fails rt -- -- list
  is "$status" 3
  has "$err" "No help topic for '--'"
}

@test "what is wrong with an option is said in runc's words, by the name that was written" {
  skip_on crun 'it words its own'
  local line words
  while IFS='|' read -r words line; do
    # shellcheck disable=SC2086 # words
    fails rt $words
    is "$words: $status" "$words: 1"
    has "$err" "msg=\"$line"
  done <<'END'
exec -it x sh|flag provided but not defined: -it"$
exec --it=3 x sh|flag provided but not defined: -it"$
-it list|flag provided but not defined: -it"$
--log|flag needs an argument: -log"$
--version --root|flag needs an argument: -root"$
run --bundle|flag needs an argument: -bundle"$
run --b|flag needs an argument: -b"$
run ---b x y|bad flag syntax: ---b"$
-=x list|bad flag syntax: -=x"$
run --preserve-fds three x|invalid value ..three.. for flag -preserve-fds: 
delete -f=x y|invalid boolean value ..x.. for -f: 
END
}

@test "it is one small file: nothing brings reflection back, which each start would pay for" {
  skip_on runc 'it is another program'
  skip_on crun 'it is another program'
  [[ $(stat -Lc %s "$RUNTIME") -lt 3900000 ]] || complain "$(stat -Lc %s "$RUNTIME") bytes: src/README.md tells what may be the cause"
}

@test "explain prints one line a step, whatever the document's words hold; a cgroup in use is no obstacle" {
  skip_on runc 'it has no explain'
  skip_on crun 'it has no explain'
  bundle '.hooks.prestart = [{path: "/bin/t\nhost  forged"}] | .mounts += [{destination: "/a\u001b[1m", type: "tmpfs", source: "t"}]'
  ok "$RUNTIME" explain -b "$BUNDLE"
  has "$out" 'x0ahost  forged'
  lacks "$(grep '^host' <<<"$out")" '^host +forged'
  lacks "$out" $'\x1b'
  bundle '.process.args = ["/bin/sleep", "100"]'
  ok rt run -d -b "$BUNDLE" "$ID"
  ok "$RUNTIME" explain -b "$BUNDLE"
  has "$out" '/linux/cgroupsPath'
  ok rt delete --force "$ID"
  nothing_left
}

@test "help or the version asked for before a verb is told in place of it" {
  skip_on crun 'has words of its own'
  local words
  for words in '--version list' '-v state x' '-version list' '--version=1 state x' '-v nosuchverb' '--debug --version list -f nosuch' '-v -v state'; do
    # shellcheck disable=SC2086 # words
    ok rt $words
    has "$words: $out" ' version [0-9]+\.'
    is "$err" ''
  done
  for words in '--help list' '-h state' '-h=true nosuchverb' '-h -v' '-v -h' '--help --version list' '--version --help list' '--version=0 --help state'; do
    # shellcheck disable=SC2086 # words
    ok rt $words
    has "$words: $out" '--systemd-cgroup'
    is "$err" ''
  done
  for words in '--version=false' '--help=false' '-h=0' '-v=F' '--version --version=false' '--help=true --help=false -v=false'; do
    # shellcheck disable=SC2086 # words
    fails rt $words state x
    is "$words: $status" "$words: 1"
    has "$output" 'container does not exist'
    # shellcheck disable=SC2086 # words
    ok rt $words list -q
    is "$out" ''
  done
  for words in '--version=x' '--help=' '-h=2' '-v='; do
    # shellcheck disable=SC2086 # words
    fails rt $words list
    is "$words: $status" "$words: 1"
    has "$output" "invalid boolean value .* for -${words//[-=x2]/}:"
  done
}

@test "no words end in a crash" {
  skip_on crun 'it has words of its own'
  local long words first second third
  printf -v long '%0100000d' 0
  # No word here makes a container, and none is a file with words in it or a directive to the library that parses them.
  for first in '' @/etc/passwd '[diagram]' '[suggest]' '[parse]' '[env:A=b]' '/?' '-?' -- - -= --= ---x "$long" "--$long" "--root=$long" "--debug=$long" --root= \
    --debug --log-level=debug -h --help=false -v --version=false --version=x -h= --root --criu=x help h $'\n' $'\xff\xfe' 'a b' '-é' '"' "'"; do
    for second in '' list state exec help nosuch @x '[diagram]' -- -v; do
      words=("$first" "$second")
      try rt "${words[@]}" x
      [[ $status -lt 124 || $status == 255 ]] || complain "${words[*]::2}" || return 1
      lacks "$err" 'Unhandled|NotSupported|   at '
    done
  done
  for first in state list ps kill delete exec events update pause resume start spec features help; do
    for second in '' @/etc/passwd '[diagram]' '[suggest]' -- - -= --= ---x "$long" "--$long" "-f=$long" -h --help=false -v --version=x --root=x --debug '/?' $'\xff'; do
      try rt "$first" "$second" x y -- z
      [[ $status -lt 124 || $status == 255 ]] || complain "$first ${second::20}" || return 1
      lacks "$err" 'Unhandled|NotSupported|   at '
    done
  done
  is "$(ls -A "$STATE")" ''
}
