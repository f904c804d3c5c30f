#!/bin/bash
# Where the time of a step goes, with the backend of chapter 1 and with the
# fastest: the table of build/bin/profile --where for two models.
set -eu
cd "$(dirname "$0")/../.."
for backend in naive ''; do
  echo "backend ${backend:-fastest}"
  TT_BACKEND=$backend build/bin/profile --where
done | awk -F '\t' -v OFS='\t' '
  /^backend/ { split($0, b, " "); next }
  $1 == "model" { if (!n++) print; next }
  $1 == "cifar" || $1 == "tinygpt" {
    share[$1] = $1 == "cifar" ? $3 : $4
    $1 = $1 ", " b[2]; print }
  END { for (m in share) printf "# accelwhere.%s\t%.0f %%\n", m, share[m] }'
