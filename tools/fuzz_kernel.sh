#!/usr/bin/env bash
# Run the kernel's loops under arbitrary arguments with the address and undefined-behaviour
# sanitizers, once for each instruction set that this processor has.
# Usage: fuzz_kernel.sh [INPUTS [SET...]]
# With clang: CXX=clang++ FUZZER=1 tools/fuzz_kernel.sh fuzzes by coverage for a minute each.
set -euo pipefail
cd "$(dirname "$0")/.."
inputs=${1:-3000}
sets=("${@:2}")
((${#sets[@]})) || sets=(x86-64 x86-64-v3 x86-64-v4)
# All of the time goes into compiling the checks: 42 s for AVX2 with -O1 and all of them written out in
# place, 17 s so. GCC calls the checks of addresses (clang takes no --param, and FUZZER is clang's);
# null pointers and objects overrun are found by the address sanitizer as well.
flags=(-std=c++17 -Og -g1 -ffp-contract=off -fno-math-errno -fno-trapping-math -Isrc/sigmajet/kernel
  -fsanitize=address,undefined -fno-sanitize=null,object-size -fno-sanitize-recover=all)
if [[ -n ${FUZZER:-} ]]; then
  flags+=(-fsanitize=fuzzer -DSIGMAJET_LIBFUZZER)
  inputs=-max_total_time=60
else
  flags+=(-fno-tree-pta --param asan-instrumentation-with-call-threshold=0)
fi
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
for set in "${sets[@]}"; do
  case $set in
    x86-64-v3) grep -q avx2 /proc/cpuinfo || continue ;;
    x86-64-v4) grep -q avx512dq /proc/cpuinfo || continue ;;
  esac
  echo "== $set"
  "${CXX:-g++}" "${flags[@]}" "-march=$set" "-DSIGMAJET_ISA=${set//-/_}" \
    tools/fuzz/kernel.cpp src/sigmajet/kernel/sigmoid_loops.cpp src/sigmajet/kernel/tables/{tables,expansions}.cpp -o "$build/fuzz"
  "$build/fuzz" "$inputs"
done
