#!/usr/bin/env python3
"""Verifies a bundle of an audit offline: verify.py bundle.zip --key <verifier key>

The format is described in README.md beside this file. Exit code: 0 where all is proven, 1 where something is not.
"""
import argparse, base64, hashlib, hmac, html, json, re, sys, uuid
from archive import read_parts
from ciphers import is_signed, open_gcm

PARTS = {
    "checkpoint.txt", "log-keys.txt", "events.ndjson", "proof.txt", "index.ndjson", "keys.ndjson", "names.ndjson",
    "view.ndjson", "transcript.html",
}
EMPTY, SLOT_BITS, STRETCH = bytes(32), 40, 16384
SUBJECT = "All events of the {kind} {who}, from leaf {begin} of the log to the one before leaf {end}: none is left out."
SCOPES = {
    "range": "All events from position {from} to position {to}: none is left out.",
    "chosen": "Events that were chosen: others may be left out.",
    "conversation": SUBJECT, "user": SUBJECT,
}
CLOSED = {
    "erased": "[erased]", "withheld": "[withheld]", "unreadable": "[cannot be read]",
    "old": "[sealed before single events could be disclosed]",
}
TEXTS = ["text", "title", "emoji", "name", "username", "displayName"]
TRANSCRIPT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Transcript</title>
<style>body{{font:11pt serif}}table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #999;padding:.3em;\
text-align:left;vertical-align:top;overflow-wrap:anywhere}}td:last-child{{white-space:pre-wrap}}small{{color:#444}}\
tr{{break-inside:avoid}}thead{{display:table-header-group}}</style>
</head><body><h1>Transcript</h1>
<p>{scope}</p>
<p>They are in the log {origin}, which had {size} events when its head was signed. Times are in UTC. \
Names of users, and why something is not shown, are the word of whoever made this file; the id below a name is what is \
proven. What is in italics is no text that anybody wrote.</p>
<table>
<thead><tr><th>Leaf</th><th>Time (UTC)</th><th>By</th><th>In</th><th>What</th><th>Text</th></tr></thead><tbody>
{rows}</tbody></table></body></html>
"""


def require(condition, what):
    if not condition:
        raise ValueError(what)


def sha256(*data):
    return hashlib.sha256(b"".join(data)).digest()


def unbase64(text):
    """Takes the one form that base64 writes of these bytes."""
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "the base64 is not in its one form")
    return data


def hash_in(text):
    """Takes 32 bytes alone: hashes stand one behind the other, and could otherwise be divided in another place."""
    data = unbase64(text)
    require(len(data) == 32, "a hash has another length")
    return data


def fields_of(pairs):
    require(len(dict(pairs)) == len(pairs), "a field is there twice: some programs show the first one, and others the last")
    return dict(pairs)


def parsed(text):
    return json.loads(text, object_pairs_hook=fields_of)


def lines_of(files, name, read=parsed):
    text = files[name].decode()
    require(text == "" or text.endswith("\n"), f"{name} was cut")
    return [read(line) for line in text.split("\n")[:-1]]


def open_bundle(path):
    """Answers the files of a bundle, which are those that its manifest lists, and the manifest."""
    files = read_parts(path)
    manifest = parsed(files["manifest.json"])
    require(manifest["format"] == "chatapp-audit-bundle/v1", "the bundle is none of this format")
    listed = [part["name"] for part in manifest["parts"]]
    require(sorted([*listed, "manifest.json"]) == sorted(files), "the files are others than the manifest lists")
    require(PARTS <= files.keys(), "a part is missing")
    for part in manifest["parts"]:
        data = files[part["name"]]
        is_right = len(data) == part["size"] and sha256(data).hex() == part["sha256"]
        require(is_right, f"{part['name']} is not what the manifest says")
    return files, manifest


def open_checkpoint(note, verifier_key):
    """Answers the name of the log, the number of its leaves and the root of its tree, as the log has signed them."""
    name, key_id, encoded = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", verifier_key.strip()).groups()
    key = unbase64(encoded)
    is_key = key[0] == 1 and len(key) == 33 and sha256(name.encode(), b"\n", key)[:4].hex() == key_id
    require(is_key, "the key is no Ed25519 key of a log, or has another id")
    text, _, lines = note.rpartition("\n\n")
    signatures = [re.fullmatch("\u2014 (\\S+) (\\S+)", line).groups() for line in lines.splitlines()]
    of_log = [unbase64(data) for signer, data in signatures if signer == name]
    own = [data[4:] for data in of_log if data[:4].hex() == key_id]
    is_right = own and all(is_signed(key[1:], f"{text}\n".encode(), signature) for signature in own)
    require(is_right, "the log has not signed the checkpoint with this key")
    origin, size, root = text.split("\n")[:3]
    require(origin == name and re.fullmatch(r"0|[1-9]\d*", size), "the checkpoint is one of another log")
    return name, int(size), unbase64(root)


def entry_of(line):
    """Answers what a leaf says of its event, and its stored bytes where they are shown: the leaf has their hashes."""
    leaf, shown = unbase64(line["leaf"]), "data" in line or "metadata" in line
    number = lambda begin, end: int.from_bytes(leaf[begin:end], "big")
    stream_end = 119 + number(117, 119)
    type_begin = stream_end + 2
    is_leaf = leaf[:17] == b"chatapp-event/v1\n" and len(leaf) == type_begin + number(stream_end, type_begin)
    # A leaf with a number between those of two others would be in no part of the tree.
    require(is_leaf and type(line["index"]) is int, "the leaf is none of this version, or has no number")
    data, metadata = [unbase64(line[field]) if shown else b"" for field in ("data", "metadata")]
    is_right = not shown or sha256(data) + sha256(metadata) == leaf[53:117]
    require(is_right, f"leaf {line['index']} is that of other bytes")
    return {
        "index": line["index"], "hash": sha256(b"\0", leaf), "shown": shown, "data": data, "metadata": metadata,
        "position": number(17, 25), "revision": number(25, 33), "version": number(33, 37),
        "id": str(uuid.UUID(bytes=leaf[37:53])), "streamId": leaf[119:stream_end].decode(),
        "type": leaf[type_begin:].decode(),
    }


def root_of(size, entries, hidden):
    """The root to which the leaves that are shown and the roots of what is hidden lead (RFC 9162, section 2.1)."""

    def visit(begin, end, leaves):
        if not leaves:
            return next(hidden)
        if end - begin == 1:
            return leaves[0]["hash"]
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        left = [leaf for leaf in leaves if leaf["index"] < middle]
        return sha256(b"\1", visit(begin, middle, left), visit(middle, end, leaves[len(left) :]))

    root = visit(0, size, entries)
    require(next(hidden, None) is None, "the proof is too long")
    return root


def require_range(entries, scope, size):
    """Checks that the entries are all leaves of a range of positions, and those beside it, which are not shown."""
    require(all(re.fullmatch("[0-9]{1,20}", scope[end]) for end in ("from", "to")), "the range has no positions")
    low, high, first, last = int(scope["from"]), int(scope["to"]), entries[0], entries[-1]
    require(last["index"] - first["index"] == len(entries) - 1, "a leaf of the range is left out")
    is_right = all((low <= entry["position"] <= high) == entry["shown"] for entry in entries)
    require(is_right, "an event of the range is not shown, or one of no range is")
    require(first["index"] == 0 or first["position"] < low, "the leaf before the range is left out")
    require(last["index"] == size - 1 or last["position"] > high, "the leaf behind the range is left out")


def indexed_in(line, label, view):
    """Answers which leaves an index is of, and those of the subject: its slot leads to the root under the tree."""
    require(view["type"] == "SubjectsIndexed" and view["streamId"] == "auditindex-log", "an index is no event")
    slot = [(hash_in(other["label"]), hash_in(other["hash"])) for other in line["slot"]]
    require(label not in dict(slot), "an index shows the subject beside what it has")
    leaves = line["leaves"] if "blind" in line else []
    if "blind" in line:
        numbers = [leaf.to_bytes(8, "big") for leaf in leaves]
        slot.append((label, sha256(b"\2", label, hash_in(line["blind"]), *numbers)))
    node = sha256(b"\0", *(part for entry in sorted(slot) for part in entry)) if slot else EMPTY
    require(len(line["siblings"]) == SLOT_BITS, "the way to a slot has another length")
    place = int.from_bytes(label[: SLOT_BITS // 8], "big")
    for height, text in enumerate(reversed(line["siblings"])):
        sibling = hash_in(text) if text else EMPTY
        left, right = (sibling, node) if place >> height & 1 else (node, sibling)
        node = EMPTY if left == right == EMPTY else sha256(b"\1", left, right)
    begin, end = view["data"]["begin"], view["data"]["end"]
    require(node == unbase64(view["data"]["root"]), "an index does not say what the subject has in it")
    require(leaves == sorted(set(leaves)) and all(begin <= leaf < end for leaf in leaves), "an index has other leaves")
    return begin, end, leaves


def require_subject(scope, lines, views):
    """Checks that all events of a conversation or a user are shown, by the indexes that are under the tree."""
    begin, end, shown = scope["begin"], scope["end"], {view["index"]: view for view in views}
    label = sha256(f"chatapp-subject/v1\n{scope['kind']}\n{scope['id']}".encode())
    indexes = [indexed_in(line, label, shown[line["leaf"]]) for line in lines]
    adjoin = all(one[1] == other[0] for one, other in zip(indexes, indexes[1:]))
    covers = indexes and indexes[0][0] <= begin and end <= indexes[-1][1] and all(i[0] % STRETCH == 0 for i in indexes)
    require(type(begin) is type(end) is int and adjoin and covers, "the indexes do not cover the scope")
    listed = {leaf for _, _, leaves in indexes for leaf in leaves if begin <= leaf < end}
    require(listed <= shown.keys(), "an event of the subject is left out")
    added = {view["type"] for view in views if view["index"] not in listed}
    require(added <= {"SubjectsIndexed", "MediaUploaded"}, "an event is shown that is not of the subject")


def open_sealed(piece, event_key, entry):
    """HKDF-Expand makes the key of the cipher and the commitment that must stand in the piece."""
    body = re.fullmatch(r"2\.([A-Za-z0-9_-]+)", piece).group(1).replace("-", "+").replace("_", "/")
    data = unbase64(body + "=" * (-len(body) % 4))
    require(len(data) >= 60 and len(event_key) == 32, "a sealed piece or a key is too short")
    place = [entry["type"], str(entry["version"]), entry["streamId"], entry["id"]]
    info = "\0".join(["chatapp sealed piece 2", *place]).encode()
    key = hmac.digest(event_key, info + b"\1", "sha256")
    commitment = hmac.digest(event_key, key + info + b"\2", "sha256")
    require(commitment == data[:32], "a piece was sealed with another key, or in another place")
    return json.loads(open_gcm(key, data[32:44], data[44:-16], data[-16:]))


def object_in(data):
    try:
        value = json.loads(data.decode())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def texts_in(data):
    return {field: value for field, value in data.items() if isinstance(value, str)}


def opened(entry, key, closed):
    """Answers what an event says, and why it does not say all: that is the word of whoever made the bundle."""
    data = object_in(entry["data"])
    if data is None:
        require(closed == "unreadable" and key is None, "what is stored is no object of JSON")
        return {}, closed
    is_sealed, piece = "personal" in data, data.pop("personal", None)
    if key is not None:
        return {**data, **open_sealed(piece, key, entry)}, None
    require(closed in CLOSED if is_sealed else closed is None, "what is sealed has neither key nor reason")
    return data, closed


def view_of(entry, key, said):
    """Makes the view of an event from its bytes. It must be what is said."""
    data, closed = opened(entry, key, said["closed"])
    about = texts_in(object_in(entry["metadata"]) or {})
    view = {
        "index": entry["index"], "position": str(entry["position"]), "streamId": entry["streamId"],
        "revision": entry["revision"], "type": entry["type"], "recordedAt": about.get("recordedAt", ""),
        "actorId": about.get("actorId"), "data": data, "closed": closed,
    }
    # They are compared as JSON: for Python, 1 is also true, and 1.0.
    is_right = json.dumps(view, sort_keys=True) == json.dumps(said, sort_keys=True)
    require(is_right, f"the view of leaf {entry['index']} says something else")
    return view


def pairs_of(files, name, field, value):
    """Reads lines of two fields, of which no line has the first one of another."""
    lines = lines_of(files, name)
    pairs = {line[field]: line[value] for line in lines}
    require(len(pairs) == len(lines), f"{name} says two things of one")
    return pairs


def written(text):
    """What people wrote, in HTML: it turns the direction of nothing around it."""
    return f"<bdi>{html.escape(text)}</bdi>"


def row_of(view, names):
    data, actor = texts_in(view["data"]), view["actorId"]
    by = "the server" if actor is None else html.escape(actor)
    if actor in names:
        by = f"{written(names[actor])}<br><small>{by}</small>"
    texts = [f"<i>{CLOSED[view['closed']]}</i>"] if view["closed"] else []
    texts += [written(data[field]) for field in TEXTS if field in data]
    if view["type"] == "MediaUploaded" and "mediaId" in data:
        texts.append(f"<i>media/{html.escape(data['mediaId'])}</i>")
    texts += [f"<i>{written(names[value])}</i>" for value in data.values() if value != actor and value in names]
    words = re.sub("(?<!^)[A-Z]", lambda letter: " " + letter.group().lower(), view["type"])
    time, where, words = map(html.escape, [view["recordedAt"], data.get("conversationId", view["streamId"]), words])
    cells = [str(view["index"]), time, by, where, words, " · ".join(texts)]
    return f"<tr><td>{'</td><td>'.join(cells)}</td></tr>\n"


def verify(path, verifier_key):
    files, manifest = open_bundle(path)
    scope, kind = manifest["scope"], manifest["scope"]["kind"]
    is_subject = SCOPES[kind] == SUBJECT
    name, size, root = open_checkpoint(files["checkpoint.txt"].decode(), verifier_key)
    require(manifest["size"] == size, "the checkpoint is that of another size")

    entries = [entry_of(line) for line in lines_of(files, "events.ndjson")]
    numbers = [entry["index"] for entry in entries]
    is_right = numbers and numbers == sorted(set(numbers)) and 0 <= numbers[0] and numbers[-1] < size
    require(is_right, "the leaves are in no order")
    hidden = iter(lines_of(files, "proof.txt", hash_in))
    require(root_of(size, entries, hidden) == root, "the proof leads to another root")
    if kind == "range":
        require_range(entries, scope, size)
        entries = [entry for entry in entries if entry["shown"]]
    require(all(entry["shown"] for entry in entries), "an event is not shown")

    keys, said = pairs_of(files, "keys.ndjson", "index", "key"), lines_of(files, "view.ndjson")
    require(keys.keys() <= {entry["index"] for entry in entries}, "a key belongs to no event")
    require(len(said) == len(entries), "the view has more or fewer events than are shown")
    keyed = [unbase64(keys[entry["index"]]) if entry["index"] in keys else None for entry in entries]
    views = [view_of(*each) for each in zip(entries, keyed, said)]
    if is_subject:
        require_subject(scope, lines_of(files, "index.ndjson"), views)

    names = pairs_of(files, "names.ndjson", "id", "name")
    id = html.escape(scope.get("id", ""))
    who = f"{written(names[scope['id']])}, {id}" if scope.get("id") in names else id
    told = SCOPES[kind].format(who=who, **scope)
    rows = [row_of(view, names) for view in views if not is_subject or view["type"] != "SubjectsIndexed"]
    transcript = TRANSCRIPT.format(scope=told, origin=html.escape(name), size=size, rows="".join(rows))
    require(files["transcript.html"].decode() == transcript, "the transcript says something else")
    uploads = [view["data"] for view in views if view["type"] == "MediaUploaded"]
    proven = {f"media/{data.get('mediaId')}": data.get("sha256") for data in uploads}
    for file in files.keys() - PARTS - {"manifest.json"}:
        require(proven.get(file) == sha256(files[file]).hex(), f"{file} is no file that is proven")
    complete = "that none is left out is not proven" if kind == "chosen" else f"no event of the {kind} is left out"
    return f"{len(views)} events are in the log of {size}, {len(keys)} are opened with their keys; {complete}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle")
    parser.add_argument("--key", required=True, help="the log's verifier key, known from elsewhere")
    given = parser.parse_args()
    try:
        print("verified:", verify(given.bundle, given.key))
    except Exception as error:  # Whatever cannot be read is no proof.
        sys.exit(f"not verified: {error or type(error).__name__}")
