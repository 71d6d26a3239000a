#!/bin/bash
# What compose files ask of a CouchDB node, with what its image has: bash and coreutils, no curl.
#   node.sh up [HOST [PORT]]     succeeds while the node says that it is up; in a cluster, that it has met the others
#   node.sh join HOST [PORT]     makes the databases that CouchDB itself needs in a cluster. COUCHDB_PASSWORD is the
#                                administrator's. Asked again it changes nothing.
set -euo pipefail

# ask METHOD PATH HOST PORT [HEADER …]: print the status of the answer. Fails if none comes in four seconds.
ask() {
    local method=$1 path=$2 host=$3 port=$4 status
    shift 4
    exec 3<>"/dev/tcp/$host/$port"
    printf '%s\r\n' "$method $path HTTP/1.1" "Host: $host:$port" "Content-Length: 0" "Connection: close" "$@" "" >&3
    read -r -t 4 _ status _ <&3
    exec 3>&-
    echo "$status"
}

command=$1 host=${2:-127.0.0.1} port=${3:-5984}
case $command in
    up)
        [ "$(ask GET /_up "$host" "$port")" = 200 ]
        ;;
    join)
        account=$(printf 'kunnafoni:%s' "$COUCHDB_PASSWORD" | base64 --wrap 0)
        for database in _users _replicator; do
            status=$(ask PUT "/$database" "$host" "$port" "Authorization: Basic $account")
            case $status in
                201 | 202 | 412) ;;
                *) echo "CouchDB at $host answered $status for $database" >&2; exit 1 ;;
            esac
        done
        ;;
    *) echo "node.sh: no command $command" >&2; exit 2 ;;
esac
