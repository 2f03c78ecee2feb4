# Shell functions of deploy/run.sh for TLS=1: an authority that exists for one run, a certificate for PostgreSQL and
# one for weir. Sourced by bash after run_lib.sh. Sets: tls_settings (lines of the ini), tls_psql (more of the psql line).

tls_settings=
tls_psql=

# sign NAME: NAME.key and NAME.crt for this machine, by the authority beside them.
sign() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" &&
        openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out "$1.crt" \
            -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
}

make_certificates() {
    command -v openssl >/dev/null || die "TLS=1 needs the program openssl"
    rm -rf "$dir/tls"
    mkdir -p "$dir/tls"
    (
        cd "$dir/tls"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=authority of make run" \
            -days 30 -keyout ca.key -out ca.crt && sign server && sign weir
    ) >"$dir/tls.log" 2>&1 || { show_log tls; die "making certificates failed"; }
    rm -f "$dir/tls/ca.key" "$dir"/tls/*.csr
    local file
    for file in "$dir/tls" "$dir"/tls/*; do hand_over "$file"; done
}

use_tls() {
    make_certificates
    postgres_options+=(-c ssl=on -c "ssl_cert_file=$dir/tls/server.crt" -c "ssl_key_file=$dir/tls/server.key")
    server_sslmode=verify-full
    tls_settings="server_tls_ca_file = $dir/tls/ca.crt
client_tls_sslmode = require
client_tls_cert_file = $dir/tls/weir.crt
client_tls_key_file = $dir/tls/weir.key"
    tls_psql=" sslmode=verify-full sslrootcert=$dir/tls/ca.crt"
}
