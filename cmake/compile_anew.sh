#!/bin/sh
# Runs a compiler's command line after it has removed what the command will write (-o FILE).
#
# For precompiled headers: the compiler cache hashes the one that lies there already, so that one
# made again in place would never be found again, nor anything compiled with it.
#
# clang's name the folder of the build, so that two clones would share nothing that is compiled with
# them. For the cache stands FILE.sum instead (ccache's pch_external_checksum): a sum of the text of
# all headers in it and of the command line.
root=$(cd "$(dirname "$0")/.." && pwd)
output=
before=
for argument in "$@"; do
  [ "$before" = -o ] && output=$argument
  before=$argument
done
rm -f -- "$output" "$output.sum"
"$@" || exit
case $output in
  *.pch) ;;
  *) exit 0 ;;
esac

# The same command line, for the preprocessor.
left=$#
while [ "$left" -gt 0 ]; do
  argument=$1
  shift
  left=$((left - 1))
  case $argument in
    -MD | -c | -fpch-instantiate-templates) continue ;;
    -o | -MT | -MF) drop=1 ;;
    -Xclang) [ "$1" = -emit-pch ] && drop=1 || drop=0 ;;
    *) drop=0 ;;
  esac
  if [ "$drop" = 1 ]; then
    shift
    left=$((left - 1))
  else
    set -- "$@" "$argument"
  fi
done
text=$output.text
"$@" -E -P >"$text" || exit
printf '%s\n' "$@" | sed "s|$root||g" >>"$text"
sha256sum <"$text" >"$output.sum"
rm -f -- "$text"
