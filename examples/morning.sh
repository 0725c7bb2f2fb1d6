#!/bin/sh
# A librarian's morning with nothing but curl; python3 reads the JSON.
#
#     DESK_TOKEN=… sh examples/morning.sh
#
# DESK_TOKEN is a staff token (`desk token staff`, or what `make run` prints), DESK_API where routing
# is, if not at http://127.0.0.1:8082. Three tickets of yours make a whole morning: one is answered,
# one handed to a colleague, one set waiting. It really does that, and the patron of the first really
# gets the answer.
set -eu

: "${DESK_API:=http://127.0.0.1:8082}"
: "${DESK_TOKEN:?is not set: \`desk token staff ADDRESS\` makes one}"

umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# In a file, for whatever stands in a command's line is seen by everybody on this machine.
printf 'Authorization: Bearer %s\n' "$DESK_TOKEN" >"$folder/token"

# ask METHOD PATH [more of curl's options]: sets $status and $etag; what was said is in said.json.
# What can't be served just now (429, 503) is sent again when the API says so (Retry-After).
ask() {
    method=$1 path=$2
    shift 2
    status=$(curl -sS --retry 3 -X "$method" -H "@$folder/token" -D "$folder/headers" \
        -o "$folder/said.json" -w '%{http_code}' "$@" "$DESK_API$path")
    etag=$(tr -d '\r' <"$folder/headers" | awk 'tolower($1) == "etag:" { tag = $2 } END { print tag }')
}

# say EXPRESSION: what Python makes of the answer, which is called `it`.
say() {
    python3 -c "import json, sys; it = json.load(open(sys.argv[1])); print($1)" "$folder/said.json"
}

# The last answer has to be good.
done_() {
    [ "$status" -lt 400 ] || { say '"%(status)s %(type)s: %(title)s" % it' >&2; exit 1; }
}

# change REFERENCE ACTION BODY ETAG [KEY]: as it was seen (If-Match), and done once (Idempotency-Key).
change() {
    ask POST "/v1/tickets/$1/$2" -H "If-Match: $4" -H "Idempotency-Key: ${5:-$(new_key)}" \
        -H 'Content-Type: application/json' -d "$3"
}

new_key() { python3 -c 'import uuid; print(uuid.uuid4())'; }

# The whole ticket; the newest words of the patron are shown.
read_ticket() {
    ask GET "/v1/tickets/$1"
    done_
    echo "Read: $1, version $(say 'it["version"]')"
    say '[one for one in it["messages"] if one["direction"] == "in"][-1]["text"].strip()' |
        sed 's/^/  > /'
}

# What is mine and waits for me, what is due first before the rest.
ask GET '/v1/tickets?owner=me&status=assigned&sort=due&limit=10'
done_
echo "My queue: $(say 'len(it["items"])')"
say '"\n".join("  {reference}  {subject}".format(**one) for one in it["items"])'
say '" ".join(one["reference"] for one in it["items"])' >"$folder/queue"
read -r first second third _ <"$folder/queue" || true

if [ -n "${first:-}" ]; then
    read_ticket "$first"
    change "$first" claim '{}' "$etag"
    done_
    claimed=$etag
    echo "Claimed: $(say 'it["owner"]["name"]')"

    # What others were told, so that nobody is told something else.
    ask GET "/v1/tickets/$first/similar"
    done_
    echo "Similar: $(say 'len(it["items"])')"
    say '"\n".join("  {reference}  {score:.2f}  {answer}".format(**one) for one in it["items"])'

    # The connection broke before the answer was there? The same again is still one letter.
    words='{"text": "Thank you for asking. We are open on Saturdays from ten to four."}'
    key=$(new_key)
    change "$first" reply "$words" "$claimed" "$key"
    done_
    replied=$etag
    version=$(say 'it["version"]')
    change "$first" reply "$words" "$claimed" "$key"
    done_
    echo "Replied once: version $version, and $(say 'it["version"]') again"

    # Somebody who still sees what I have claimed is told what happened since, and changes nothing.
    change "$first" note '{"text": "I will answer this one."}' "$claimed"
    echo "Stale: $status, since then: $(say '", ".join(one["event"] for one in it["changed"])')"

    change "$first" resolve '{}' "$replied"
    done_
    echo "Resolved: $(say 'it["status"]'), the promise $(say 'it["promise"]["state"]')"
fi

if [ -n "${second:-}" ]; then
    ask GET /v1/me
    done_
    me=$(say 'it["id"]')
    ask GET /v1/staff
    done_
    here="[one['id'] for one in it['items'] if one['id'] != '$me' and not one['is_away']]"
    colleague=$(say "next(iter($here), '')")
    if [ -n "$colleague" ]; then
        read_ticket "$second"
        change "$second" assign "{\"owner\": \"$colleague\"}" "$etag"
        done_
        echo "Handed over: $second to $(say 'it["owner"]["name"]')"
    else
        echo "Handed over: nobody else is here"
    fi
fi

if [ -n "${third:-}" ]; then
    read_ticket "$third"
    change "$third" wait '{"for": "patron"}' "$etag"
    done_
    echo "Waiting: $third $(say 'it["status"]')"
fi

# Letters that nobody could read, or that were too many: a person has to look.
ask GET '/v1/quarantine?limit=10'
done_
echo "Quarantine: $(say 'len(it["items"])')"
say '"\n".join("  {reason}  {subject}".format(**one) for one in it["items"])'
