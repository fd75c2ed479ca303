#!/usr/bin/env bats
# make install and uninstall, and what the README says about standing in runc's place: all of it below a folder of the test's own

load ../lib/suite

setup() {
  suite_setup
  TREE=$(readlink -f "$LIB/../..")
  [[ -e $TREE/Makefile && $RUNTIME == "$TREE/out/csrunc" ]] || skip 'it installs the csrunc of this tree'
  command -v make >/dev/null || skip 'make is not installed'
}

# The tree's file is taken as it is: these tests build nothing.
make_it() { ok make --no-print-directory -C "$TREE" -o build "$@"; }

@test "install puts the program, its manual and its completions below DESTDIR, and uninstall takes away just that" {
  local root=$DIR/root
  mkdir -p "$root/usr/share/man/man8"
  touch "$root/usr/share/man/man8/other.8"
  make_it install DESTDIR="$root" PREFIX=/usr
  is "$(find "$root" -type f ! -path '*/man8/*' -printf '%m %P\n' | sort)" "644 usr/share/bash-completion/completions/csrunc
644 usr/share/fish/vendor_completions.d/csrunc.fish
644 usr/share/zsh/site-functions/_csrunc
755 usr/bin/csrunc"
  is "$("$root/usr/bin/csrunc" --version)" "$("$RUNTIME" --version)"
  # A page for the program and for each verb that its help names.
  local verb
  for verb in '' $("$RUNTIME" --help | sed -n '/^COMMANDS/,/^$/s/^   \([a-z]*\) .*/-\1/p'); do
    [[ $verb == -help || -s $root/usr/share/man/man8/csrunc$verb.8 ]] || complain "no page of csrunc$verb"
  done
  has "$(<"$root/usr/share/bash-completion/completions/csrunc")" 'complete .*csrunc'
  has "$(<"$root/usr/share/zsh/site-functions/_csrunc")" '^#compdef csrunc'
  has "$(<"$root/usr/share/fish/vendor_completions.d/csrunc.fish")" 'complete .*csrunc'
  # Over an older one.
  make_it install DESTDIR="$root" PREFIX=/usr
  make_it uninstall DESTDIR="$root" PREFIX=/usr
  is "$(find "$root" -type f -printf '%P ')" 'usr/share/man/man8/other.8 '
}

@test "what was installed runs a container, also where PATH leads to it as runc" {
  make_it install DESTDIR="$DIR/root"
  bundle
  args echo hello
  ok "$DIR/root/usr/local/bin/csrunc" --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$out" hello
  ln -s csrunc "$DIR/root/usr/local/bin/runc"
  ok env PATH="$DIR/root/usr/local/bin:$PATH" runc --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$out" hello
}

@test "README: update-alternatives puts it in runc's place, and takes it away again" {
  command -v update-alternatives >/dev/null && command -v dpkg-divert >/dev/null || skip 'this is no Debian'
  local root=$DIR/root words
  make_it install DESTDIR="$root"
  mkdir -p "$root/usr/sbin" "$root/alternatives" "$root/db" "$root/dpkg"
  printf '#!/bin/sh\necho that of Debian\n' >"$root/usr/sbin/runc"
  chmod +x "$root/usr/sbin/runc"
  # The README's own words, where the machine's folders are the test's.
  here() {
    sed -e "s|/usr/|$root/usr/|g" -e "s|update-alternatives |update-alternatives --quiet --altdir $root/alternatives --admindir $root/db --log $root/log |g" \
      -e "s|dpkg-divert |dpkg-divert --quiet --admindir $root/dpkg |g"
  }
  words=$(sed -n '/^dpkg-divert .*--add/,/^```/{/^```/!p}' "$TREE/README.md" | here)
  has "$words" 'dpkg-divert .* --add .*'
  has "$words" 'update-alternatives .* --install .*/usr/local/bin/csrunc'
  ok bash -e -c "$words"
  is "$("$root/usr/sbin/runc" --version | head -n 1)" "$("$RUNTIME" --version | sed -n '1s/^csrunc/runc/p')"
  is "$("$root/usr/sbin/runc.debian")" 'that of Debian'
  # And its words for the way back.
  words=$(grep -oE '`(update-alternatives --remove-all|dpkg-divert --rename --remove)[^`]*`' <(tr '\n' ' ' <"$TREE/README.md") | tr -d '`' | here)
  is "$(wc -l <<<"$words")" 2
  ok bash -e -c "$words"
  is "$("$root/usr/sbin/runc")" 'that of Debian'
  [[ ! -e $root/usr/sbin/runc.debian ]]
}
