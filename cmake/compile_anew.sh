#!/bin/sh
# Runs a compiler's command line after it has removed what the command will write (-o FILE).
#
# For precompiled headers: the compiler cache hashes the one that lies there already, so that one
# made again in place would never be found again, nor anything compiled with it.
before=
for argument in "$@"; do
  [ "$before" = -o ] && rm -f -- "$argument"
  before=$argument
done
exec "$@"
