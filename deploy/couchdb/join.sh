#!/bin/sh
# join.sh NODE: makes the databases that CouchDB itself needs in a cluster. COUCHDB_PASSWORD is the administrator's. Idempotent.
set -eu
node=$1
for database in _users _replicator; do
    status=$(printf 'user = "kunnafoni:%s"\n' "$COUCHDB_PASSWORD" |
        curl --silent --config - --output /dev/null --write-out '%{http_code}' --request PUT "http://$node:5984/$database")
    case $status in
        201 | 202 | 412) ;;
        *) echo "CouchDB at $node answered $status for $database" >&2; exit 1 ;;
    esac
done
