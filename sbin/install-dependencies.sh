#!/usr/bin/env bash
# Installs what Tusk is built, run and tested with, from Debian 12's archive. What is there already
# is left alone; nothing is asked. Without root it only says what is missing.
#
#   sbin/install-dependencies.sh [build|test|interop]...     default: build
#
#   build    compiler, CMake, libraries: all that quickstart.sh needs
#   test     sanitizer compilers, GoogleTest, linters
#   interop  foreign clients and peers: hdfs-cli, a JDK with Maven, Python
set -euo pipefail

BUILD=(g++ cmake ninja-build ccache mold pkg-config python3 protobuf-compiler libprotobuf-dev libboost1.81-dev
  libboost-json1.81-dev libleveldb-dev libsnappy-dev libcli11-dev libspdlog-dev libfmt-dev libisal-dev
  liblz4-dev libzstd-dev zlib1g-dev libssl-dev libxxhash-dev libpugixml-dev libre2-dev libgtest-dev libgmock-dev curl
  libpg-query-dev libedit-dev python3-pip procps bible-kjv)
TEST=(clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev lld-19 libbenchmark-dev shellcheck git gawk)
INTEROP=(hdfs-cli default-jdk-headless maven python3-venv)

wanted=()
for group in "${@:-build}"; do
  case "$group" in
    build) wanted+=("${BUILD[@]}") ;;
    test) wanted+=("${TEST[@]}") ;;
    interop) wanted+=("${INTEROP[@]}") ;;
    *) echo "usage: install-dependencies.sh [build|test|interop]..." >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  case "$package" in
    # A JDK or Maven that is on the path already does, whoever installed it.
    default-jdk-headless) command -v javac >/dev/null && continue ;;
    maven) command -v mvn >/dev/null && continue ;;
    python3-venv) python3 -c 'import venv, ensurepip' 2>/dev/null && continue ;;
    python3-pip) python3 -m pip --version >/dev/null 2>&1 && continue ;;
  esac
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "error: packages are missing and only root may install them" >&2
  echo "  missing: ${missing[*]}" >&2
  echo "  do: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing ${#missing[@]} packages: ${missing[*]}"
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
