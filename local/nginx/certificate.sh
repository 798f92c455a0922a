#!/bin/sh
# A development certificate for localhost where there is none: `certificate.sh FOLDER [NAME]`. A folder with both files is left as it is.
set -eu
folder=$1
name=${2:-localhost}
if [ -s "$folder/fullchain.pem" ] && [ -s "$folder/privkey.pem" ]; then exit 0; fi
mkdir -p "$folder"
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=$name" \
  -addext "subjectAltName=DNS:$name,DNS:localhost,IP:127.0.0.1" -addext "basicConstraints=critical,CA:FALSE" \
  -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null
