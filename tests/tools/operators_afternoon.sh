#!/bin/bash
# An operator's first afternoon, with the commands of deploy/RUNBOOK.md: install from a release, https by Debian's Caddy
# with its own authority, first account, backup and drill, upgrade, metrics read by Debian's Prometheus, one alarm
# raised and cleared.
#
#   debootstrap --include=ca-certificates,python3-venv,curl,openssl,caddy,prometheus,iproute2 bookworm ROOT
#   tests/tools/operators_afternoon.sh ROOT RELEASE    as root; RELEASE: the folder that `make release KEY=file` wrote
#
# Nobody runs systemd in a chroot: what the units start is started here as they say it; tests/deploy/test_systemd_units.py
# reads the units. After the installation the walk has a network of its own, with nothing but itself.
set -euo pipefail
if [ "${1:-}" != inside ]; then
    root=$1 release=$2
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    mkdir -p "$root/srv/afternoon"
    rm -rf "$root/srv/afternoon/release" && cp -r "$release" "$root/srv/afternoon/release"
    cp "$0" "$root/srv/afternoon/afternoon.sh"
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
    mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
    trap 'umount --lazy "$root/proc" "$root/dev"' EXIT
    clean=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv/afternoon LANG=C.UTF-8)
    chroot "$root" "${clean[@]}" bash /srv/afternoon/afternoon.sh inside install
    unshare --net --fork chroot "$root" "${clean[@]}" bash /srv/afternoon/afternoon.sh inside walk
    exit
fi

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }
# RUNBOOK says sudo; here everybody is root.
as_server() { # as kunnafoni.service: its user, its file of settings, its folder; ends this shell
    cd /srv/kunnafoni && set -a && . /etc/kunnafoni.env && KUNNAFONI_DATA=/var/lib/kunnafoni && umask 077 &&
        exec setpriv --reuid kunnafoni --regid kunnafoni --clear-groups "$@"
}
kunnafoni() { (as_server /srv/kunnafoni/.venv/bin/kunnafoni "$@"); }
start() {
    as_server /srv/kunnafoni/.venv/bin/kunnafoni serve >/var/log/kunnafoni.log 2>&1 &
    server=$!
    until_true 180 curl -fsS http://127.0.0.1:8000/readyz -H 'Host: kunnafoni.localhost'
}
until_true() { # SECONDS COMMAND…
    local end=$((SECONDS + $1)); shift
    until "$@" >/dev/null 2>&1; do [ "$SECONDS" -lt "$end" ] || { echo "in vain: $*"; exit 1; }; sleep 1; done
}
install_release() { # FOLDER: as RUNBOOK's Install
    python3 -m venv "/srv/kunnafoni/releases/$1"
    "/srv/kunnafoni/releases/$1/bin/pip" install --quiet --require-hashes -r requirements.txt
    "/srv/kunnafoni/releases/$1/bin/pip" install --quiet --no-deps kunnafoni-*-py3-none-any.whl
}

if [ "$2" = install ]; then
    cd /srv/afternoon/release
    step "Install"
    sha256sum --check --quiet SHA256SUMS
    openssl pkeyutl -verify -pubin -inkey release.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
    id kunnafoni >/dev/null 2>&1 ||
        useradd --system --home-dir /var/lib/kunnafoni --shell /usr/sbin/nologin kunnafoni
    sources=$(basename kunnafoni-*.tar.gz .tar.gz)
    mkdir -p /srv/kunnafoni/releases && tar -xzf "$sources.tar.gz" -C /srv/kunnafoni --strip-components=1 "$sources/deploy"
    for name in one two; do install_release "$name"; done
    ln -sfn releases/one /srv/kunnafoni/.venv
    cd /srv/kunnafoni
    cp deploy/kunnafoni.env.example /etc/kunnafoni.env
    cp deploy/systemd/* /etc/systemd/system/
    du -sh /srv/kunnafoni/releases/one | cut -f1
    exit
fi

ip link set lo up
echo '127.0.0.1 kunnafoni.localhost console.localhost' >>/etc/hosts
install -d -o kunnafoni -g kunnafoni -m 700 /var/lib/kunnafoni /var/backups/kunnafoni   # StateDirectory; RUNBOOK: Back up
cat >>/etc/kunnafoni.env <<EOF
KUNNAFONI_URL=https://kunnafoni.localhost
KUNNAFONI_CONSOLE_URL=https://console.localhost
KUNNAFONI_METRICS_TOKEN=$(openssl rand -hex 16)
EOF
step "Start"
start
cat /var/log/kunnafoni.log | head -20

step "https by Caddy, with its own authority"
export DOMAIN=kunnafoni.localhost CONSOLE_DOMAIN=console.localhost COUCH_DOMAIN=couch.localhost SERVERS=127.0.0.1:8000
caddy run --config /srv/kunnafoni/deploy/Caddyfile --adapter caddyfile >/var/log/caddy.log 2>&1 & caddy=$!
authority=/srv/afternoon/.local/share/caddy/pki/authorities/local/root.crt
until_true 60 curl -fsS --cacert $authority https://kunnafoni.localhost/healthz
web() { curl -sS --cacert $authority "$@"; }
web -o /dev/null -w 'page %{http_code}, %{ssl_verify_result} of the certificate\n' https://kunnafoni.localhost/fr-ML/

step "First account"
link=$(grep -o 'https://.*' /var/lib/kunnafoni/first-account-link.txt | head -1)
password=$(openssl rand -base64 18)
web -c /srv/afternoon/cookies -b /srv/afternoon/cookies -L -o /srv/afternoon/console.html -w 'console %{http_code} %{url_effective}\n' \
    -H 'Origin: https://console.localhost' --data-urlencode name=awa \
    --data-urlencode "password=$password" --data-urlencode "again=$password" "$link"
grep -o '<title>[^<]*' /srv/afternoon/console.html
ls /var/lib/kunnafoni/first-account-link.txt 2>&1 | tail -1

step "Doctor"
kunnafoni doctor || echo "doctor: status $?"

step "Back up and drill"
openssl rand -base64 24 >/etc/kunnafoni.passphrase
chown kunnafoni: /etc/kunnafoni.passphrase && chmod 600 /etc/kunnafoni.passphrase
backup=/var/backups/kunnafoni/Mon.backup
kunnafoni backup --passphrase-file /etc/kunnafoni.passphrase $backup
kunnafoni drill $backup --passphrase-file /etc/kunnafoni.passphrase

step "Restore on an empty machine"
install -d -o kunnafoni -g kunnafoni -m 700 /var/lib/empty
kunnafoni restore --data /var/lib/empty --passphrase-file /etc/kunnafoni.passphrase $backup

step "Upgrade"
ln -sfn releases/two /srv/kunnafoni/.venv
kill $server && wait $server || true
start
grep -ao 'releases/[a-z]*/bin/python3' /proc/$server/cmdline
kunnafoni doctor || echo "doctor: status $?"
web -b /srv/afternoon/cookies -o /dev/null -w 'the session is kept: %{http_code}\n' https://console.localhost/console/

step "Metrics, read by Prometheus"
. /etc/kunnafoni.env
printf %s "$KUNNAFONI_METRICS_TOKEN" >/etc/prometheus/kunnafoni.token
chown prometheus /etc/prometheus/kunnafoni.token && chmod 600 /etc/prometheus/kunnafoni.token
cp /srv/kunnafoni/deploy/monitoring/alerts.yaml /etc/prometheus/kunnafoni-alerts.yaml
install -m 644 $authority /etc/prometheus/authority.crt
cat >/etc/prometheus/prometheus.yml <<'EOF'
global: { scrape_interval: 2s, evaluation_interval: 2s }
scrape_configs:
  - job_name: kunnafoni
    scheme: https
    tls_config: { ca_file: /etc/prometheus/authority.crt }
    authorization: { credentials_file: /etc/prometheus/kunnafoni.token }
    static_configs: [{ targets: [kunnafoni.localhost] }]
rule_files: [/etc/prometheus/kunnafoni-alerts.yaml]
EOF
promtool check config /etc/prometheus/prometheus.yml
install -d -o prometheus /var/lib/prometheus/afternoon
setpriv --reuid prometheus --regid prometheus --clear-groups prometheus --config.file=/etc/prometheus/prometheus.yml \
    --storage.tsdb.path=/var/lib/prometheus/afternoon --web.listen-address=127.0.0.1:9090 >/var/log/prometheus.log 2>&1 & prometheus=$!
trap 'kill $server $caddy $prometheus 2>/dev/null || true' EXIT
ask() { curl -fsS -G http://127.0.0.1:9090/api/v1/query --data-urlencode "query=$1"; }
is_up() { ask 'up{job="kunnafoni"} == 1' | grep -q '"value"'; }
until_true 60 is_up
ask kunnafoni_ready; echo
ask kunnafoni_backup_last_success_timestamp_seconds; echo
firing() { curl -fsS http://127.0.0.1:9090/api/v1/alerts | grep -q "\"alertname\":\"$1\".*\"state\":\"firing\""; }
quiet() { ! firing "$1"; }

step "An alarm is raised and cleared"
head -c 2000 $backup >/var/backups/kunnafoni/cut.backup
chown kunnafoni: /var/backups/kunnafoni/cut.backup
kunnafoni drill /var/backups/kunnafoni/cut.backup --passphrase-file /etc/kunnafoni.passphrase || echo "drill: status $?"
until_true 120 firing KunnafoniDrillFailed
echo "raised: KunnafoniDrillFailed"
kunnafoni drill $backup --passphrase-file /etc/kunnafoni.passphrase
until_true 120 quiet KunnafoniDrillFailed
echo "cleared: KunnafoniDrillFailed"
step "End"
