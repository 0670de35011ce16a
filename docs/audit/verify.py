#!/usr/bin/env python3
"""Verifies a bundle of an audit offline, with the standard library alone: verify.py bundle.zip --key <verifier key>

The format is described in README.md beside this file. Exit code: 0 where all is proven, 1 where something is not.
"""
import argparse, base64, hashlib, hmac, html, json, re, sys, zipfile

PARTS = [
    "checkpoint.txt", "log-keys.txt", "events.ndjson", "proof.txt", "index.ndjson", "keys.ndjson", "names.ndjson", "view.ndjson",
    "transcript.html",
]
CLOSED = {
    "erased": "[erased]", "withheld": "[withheld]", "old": "[sealed before single events could be disclosed]",
    "unreadable": "[cannot be read]",
}
TEXTS = ["text", "title", "emoji", "name", "username", "displayName"]
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Transcript</title>
<style>body{{font:11pt serif}}table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #999;padding:.3em;text-align:left;vertical-align:top;overflow-wrap:anywhere}}td:last-child{{white-space:pre-wrap}}small{{color:#444}}tr{{break-inside:avoid}}thead{{display:table-header-group}}</style>
</head><body><h1>Transcript</h1>
<p>{scope}</p>
<p>They are in the log {origin}, which had {size} events when its head was signed. Times are in UTC. Names of users are those that the server gave; the id below a name is what is proven.</p>
<table>
<thead><tr><th>Leaf</th><th>Time (UTC)</th><th>By</th><th>In</th><th>What</th><th>Text</th></tr></thead><tbody>
"""
END = "</tbody></table></body></html>\n"


class Fault(Exception):
    """Something in the bundle is not as it should be."""


def require(condition, what):
    if not condition:
        raise Fault(what)


def is_whole(number):
    """Whether it is a whole number: a leaf with a number between those of two others would be in no part of the tree."""
    return type(number) is int and number >= 0


def sha256(data):
    return hashlib.sha256(data).digest()


def unbase64(text):
    """Takes the one form that base64 writes of these bytes."""
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "the base64 is not in its one form")
    return data


# Ed25519 (RFC 8032, section 5.1), in affine coordinates: slow, and short.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def multiply(n, point):
    total = (0, 1)
    while n:
        if n & 1:
            total = add(total, point)
        point, n = add(point, point), n >> 1
    return total


def point_of(data):
    n = int.from_bytes(data, "little")
    y, sign = n & (2**255 - 1), n >> 255
    require(len(data) == 32 and y < P, "a point is none of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    require(x * x % P == square and not (x == 0 and sign), "a point is none of the curve")
    return (x if x & 1 == sign else P - x), y


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return s < L and multiply(s, BASE) == add(point_of(signature[:32]), multiply(h, point_of(key)))


# AES-256-GCM without associated data (FIPS 197, NIST SP 800-38D).
def double(a):
    return (a << 1) ^ (0x11B if a & 0x80 else 0)


def make_sbox():
    p = q = 1
    box = [0x63] * 256
    while True:
        p ^= double(p)
        q ^= q << 1; q ^= q << 2; q ^= q << 4; q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        x = q
        for shift in (1, 2, 3, 4):
            x ^= (q << shift | q >> (8 - shift)) & 0xFF
        box[p] = x ^ 0x63
        if p == 1:
            return box


SBOX = make_sbox()


def round_keys(key):
    words, factor = [list(key[i : i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = list(words[-1])
        if i % 8 == 0:
            word = [SBOX[b] for b in word[1:] + word[:1]]
            word[0], factor = word[0] ^ factor, double(factor)
        elif i % 8 == 4:
            word = [SBOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[i - 8], word)])
    return [sum(words[i : i + 4], []) for i in range(0, 60, 4)]


def encrypt_block(keys, block):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for n, key in enumerate(keys[1:], 1):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if n < 14:
            mixed = []
            for c in range(0, 16, 4):
                a, every = state[c : c + 4], state[c] ^ state[c + 1] ^ state[c + 2] ^ state[c + 3]
                mixed += [a[i] ^ every ^ double(a[i] ^ a[(i + 1) % 4]) for i in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def gcm_multiply(a, b):
    product = 0
    for bit in range(127, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (0xE1 << 120 if b & 1 else 0)
    return product


def open_gcm(key, nonce, sealed, tag):
    keys = round_keys(key)
    point, total = int.from_bytes(encrypt_block(keys, bytes(16)), "big"), 0
    blocks = [sealed[i : i + 16] for i in range(0, len(sealed), 16)]
    for block in [b.ljust(16, b"\0") for b in blocks] + [(8 * len(sealed)).to_bytes(16, "big")]:
        total = gcm_multiply(total ^ int.from_bytes(block, "big"), point)
    stream = lambda n: encrypt_block(keys, nonce + n.to_bytes(4, "big"))
    require((total ^ int.from_bytes(stream(1), "big")).to_bytes(16, "big") == tag, "what is sealed was changed")
    return b"".join(bytes(a ^ b for a, b in zip(block, stream(n))) for n, block in enumerate(blocks, 2))


def open_sealed(piece, event_key, place):
    """HKDF-Expand makes the key of the cipher and the commitment that must stand in the piece."""
    require(isinstance(piece, str) and re.fullmatch(r"2\.[A-Za-z0-9_-]+", piece), "it is no sealed piece of version 2")
    body = piece[2:].replace("-", "+").replace("_", "/")
    data = unbase64(body + "=" * (-len(body) % 4))
    require(len(data) >= 60 and len(event_key) == 32, "a sealed piece or a key is too short")
    info = "\0".join(["chatapp sealed piece 2", *place]).encode()
    key = hmac.new(event_key, info + b"\1", "sha256").digest()
    commitment = hmac.new(event_key, key + info + b"\2", "sha256").digest()
    require(hmac.compare_digest(commitment, data[:32]), "a piece was sealed with another key, or in another place")
    return json.loads(open_gcm(key, data[32:44], data[44:-16], data[-16:]).decode())


def open_checkpoint(note, verifier_key):
    name, key_id, encoded = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", verifier_key.strip()).groups()
    material = unbase64(encoded)
    require(material[0] == 1 and len(material) == 33, "the key is no Ed25519 key of a log")
    require(sha256(name.encode() + b"\n" + material)[:4].hex() == key_id, "the id of the key does not belong to it")
    text, _, signatures = note.rpartition("\n\n")
    text, signed = text + "\n", False
    for line in signatures.splitlines():
        signer, signature = re.fullmatch("\u2014 (\\S+) (\\S+)", line).groups()
        data = unbase64(signature)
        if signer == name and data[:4].hex() == key_id:
            require(is_signed(material[1:], text.encode(), data[4:]), "the signature of the log is wrong")
            signed = True
    require(signed, "no key of the log has signed the checkpoint")
    origin, size, root = text.split("\n")[:3]
    require(origin == name and re.fullmatch(r"0|[1-9]\d*", size), "the checkpoint is one of another log")
    return name, int(size), unbase64(root)


def read_leaf(leaf):
    require(leaf[:17] == b"chatapp-event/v1\n", "the leaf is none of this version")
    number = lambda at, count: int.from_bytes(leaf[at : at + count], "big")
    id = leaf[37:53].hex()
    stream_end = 119 + number(117, 2)
    type_end = stream_end + 2 + number(stream_end, 2)
    require(type_end == len(leaf), "the leaf is too long or too short")
    return {
        "position": number(17, 8), "revision": number(25, 8), "version": str(number(33, 4)),
        "id": "-".join([id[:8], id[8:12], id[12:16], id[16:20], id[20:]]), "data": leaf[53:85], "metadata": leaf[85:117],
        "stream": leaf[119:stream_end].decode(), "type": leaf[stream_end + 2 : type_end].decode(),
    }


def root_of(size, shown, hidden):
    """The root to which the leaves that are shown and the roots of what is hidden lead (RFC 9162, section 2.1)."""
    hashes = iter(hidden)

    def visit(begin, end, leaves):
        if not leaves:
            return next(hashes)
        if end - begin == 1:
            return leaves[0][1]
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        left = [leaf for leaf in leaves if leaf[0] < middle]
        return sha256(b"\1" + visit(begin, middle, left) + visit(middle, end, leaves[len(left) :]))

    root = visit(0, size, shown)
    require(next(hashes, None) is None, "the proof is too long")
    return root


def require_range(entries, low, high, size):
    first, last = entries[0], entries[-1]
    inside = lambda e: low <= e["position"] <= high
    require(all(e["index"] == first["index"] + n for n, e in enumerate(entries)), "a leaf of the range is left out")
    require(all(inside(e) == e["shown"] for e in entries), "an event of the range is not shown, or one of no range is")
    require(first["index"] == 0 or first["position"] < low, "the leaf before the range is left out")
    require(last["index"] == size - 1 or last["position"] > high, "the leaf behind the range is left out")


EMPTY, SLOT_BITS, STRETCH = bytes(32), 40, 16384


def node_hash(left, right):
    return EMPTY if left == right == EMPTY else sha256(b"\1" + left + right)


def indexed_in(line, label, views):
    """The leaves of the subject in one index, and the leaves that it is of: its slot leads to the root that is under the tree."""
    view = views.get(line["leaf"])
    require(view and view["type"] == "SubjectsIndexed" and view["streamId"] == "auditindex-log", "an index is that of no event")
    slot = {unbase64(other["label"]): unbase64(other["hash"]) for other in line["slot"]}
    require(label not in slot and len(slot) == len(line["slot"]), "an index shows the subject beside what it has")
    leaves = line["leaves"] if "blind" in line else []
    if "blind" in line:
        numbers = b"".join(leaf.to_bytes(8, "big") for leaf in leaves)
        slot[label] = sha256(b"\2" + label + unbase64(line["blind"]) + numbers)
    node = sha256(b"\0" + b"".join(name + slot[name] for name in sorted(slot))) if slot else EMPTY
    require(len(line["siblings"]) == SLOT_BITS, "the way to a slot has another length")
    place = int.from_bytes(label[: SLOT_BITS // 8], "big")
    for height, text in enumerate(reversed(line["siblings"])):
        sibling = unbase64(text) or EMPTY
        node = node_hash(sibling, node) if place >> height & 1 else node_hash(node, sibling)
    begin, end = view["data"]["begin"], view["data"]["end"]
    require(node == unbase64(view["data"]["root"]), "an index does not say what the subject has in it")
    require(leaves == sorted(set(leaves)) and all(begin <= leaf < end for leaf in leaves), "an index lists other leaves")
    return begin, end, leaves


def require_subject(scope, lines, views):
    require(is_whole(scope["begin"]) and is_whole(scope["end"]), "the scope has no leaves")
    label = sha256(f"chatapp-subject/v1\n{scope['kind']}\n{scope['id']}".encode())
    by_leaf = {view["index"]: view for view in views}
    indexes = [indexed_in(line, label, by_leaf) for line in lines]
    gapless = all(one[1] == other[0] for one, other in zip(indexes, indexes[1:]))
    covers = indexes and indexes[0][0] <= scope["begin"] and indexes[-1][1] >= scope["end"]
    require(gapless and covers and all(begin % STRETCH == 0 for begin, _, _ in indexes), "the indexes do not cover the scope")
    listed = {leaf for _, _, leaves in indexes for leaf in leaves if scope["begin"] <= leaf < scope["end"]}
    require(listed <= set(by_leaf), "an event of the subject is left out")
    added = [view["type"] for view in views if view["index"] not in listed]
    require(set(added) <= {"SubjectsIndexed", "MediaUploaded"}, "an event is shown that is not of the subject")


def object_in(data):
    try:
        value = json.loads(data.decode())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def written(value):
    """The one form of a value of JSON: for Python itself, 1 is also true, and 1.0."""
    return json.dumps(value, sort_keys=True)


def text_of(value):
    return value if isinstance(value, str) else None


def opened(entry, key, reason):
    data = object_in(entry["bytes"])
    if data is None:
        require(reason == "unreadable" and key is None, "what is stored is no object of JSON")
        return {}, reason
    sealed = "personal" in data
    require(sealed or (key is None and reason is None), "a key or a reason is given where nothing is sealed")
    require(not sealed or key is not None or reason in CLOSED, "neither key nor reason is given where something is sealed")
    piece = data.pop("personal", None)
    if key is not None:
        data.update(open_sealed(piece, key, [entry["type"], entry["version"], entry["stream"], entry["id"]]))
    return data, reason if key is None else None


def view_of(entry, key, reason):
    metadata = object_in(entry["about"]) or {}
    data, closed = opened(entry, key, reason)
    return {
        "index": entry["index"], "position": str(entry["position"]), "streamId": entry["stream"],
        "revision": entry["revision"], "type": entry["type"], "recordedAt": text_of(metadata.get("recordedAt")) or "",
        "actorId": text_of(metadata.get("actorId")), "data": data, "closed": closed,
    }


def scope_text(scope, names):
    if scope["kind"] == "range":
        return f"All events from position {scope['from']} to position {scope['to']}: none is left out."
    if scope["kind"] == "chosen":
        return "Events that were chosen: others may be left out."
    who = f"{scope['kind']} " + (f"{names[scope['id']]}, " if scope["id"] in names else "") + scope["id"]
    leaves = f"from leaf {scope['begin']} of the log to the one before leaf {scope['end']}"
    return f"All events of the {who}, {leaves}: none is left out."


def head_of(scope, names, name, size):
    return HEAD.format(scope=html.escape(scope_text(scope, names)), origin=html.escape(name), size=size)


def row_of(view, names, scope):
    if view["type"] == "SubjectsIndexed" and scope["kind"] in ("conversation", "user"):
        return ""
    data, actor = view["data"], view["actorId"]
    conversation = text_of(data.get("conversationId"))
    where = view["streamId"] if conversation is None else conversation
    texts = [CLOSED[view["closed"]]] if view["closed"] else []
    texts += [data[field] for field in TEXTS if isinstance(data.get(field), str)]
    if view["type"] == "MediaUploaded" and isinstance(data.get("mediaId"), str):
        texts.append("media/" + data["mediaId"])
    texts += [names[value] for value in data.values() if isinstance(value, str) and value != actor and value in names]
    by = "the server" if actor is None else html.escape(actor)
    if actor in names:
        by = f"{html.escape(names[actor])}<br><small>{by}</small>"
    words = re.sub("(?<!^)[A-Z]", lambda letter: " " + letter.group().lower(), view["type"])
    time, where, words, text = map(html.escape, [view["recordedAt"], where, words, " · ".join(texts)])
    cells = [str(view["index"]), time, by, where, words, text]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def read_files(path):
    with zipfile.ZipFile(path) as bundle:
        names = bundle.namelist()
        require(len(set(names)) == len(names), "a name is in the bundle twice")
        return {name: bundle.read(name) for name in names}


def lines_of(files, name):
    text = files[name].decode()
    require(text == "" or text.endswith("\n"), f"{name} was cut")
    return text.split("\n")[:-1]


def verify(path, verifier_key):
    files = read_files(path)
    manifest = json.loads(files["manifest.json"])
    require(manifest["format"] == "chatapp-audit-bundle/v1", "the bundle is none of this format")
    parts = {part["name"]: part for part in manifest["parts"]}
    require(len(parts) == len(manifest["parts"]), "the manifest lists a part twice")
    require(set(parts) == set(files) - {"manifest.json"} and set(PARTS) <= set(parts), "parts are missing, or too many")
    for part_name, part in parts.items():
        right = len(files[part_name]) == part["size"] and sha256(files[part_name]).hex() == part["sha256"]
        require(right, f"{part_name} is not what the manifest says")
    name, size, root = open_checkpoint(files["checkpoint.txt"].decode(), verifier_key)
    require(manifest["size"] == size, "the checkpoint is that of another size")
    entries, shown = [], []
    for line in map(json.loads, lines_of(files, "events.ndjson")):
        leaf = unbase64(line["leaf"])
        entry = {"index": line["index"], **read_leaf(leaf), "shown": "data" in line or "metadata" in line}
        if entry["shown"]:
            entry["bytes"], entry["about"] = unbase64(line["data"]), unbase64(line["metadata"])
            right = sha256(entry["bytes"]) == entry["data"] and sha256(entry["about"]) == entry["metadata"]
            require(right, f"leaf {line['index']} is that of other bytes")
        entries.append(entry)
        shown.append((line["index"], sha256(b"\0" + leaf)))
    numbers = [entry["index"] for entry in entries]
    require(all(map(is_whole, numbers)), "the number of a leaf is none")
    require(numbers and numbers == sorted(set(numbers)) and numbers[-1] < size, "the leaves are in no order")
    require(root_of(size, shown, map(unbase64, lines_of(files, "proof.txt"))) == root, "the proof leads to another root")
    scope = manifest["scope"]
    if scope["kind"] == "range":
        require(all(re.fullmatch("[0-9]{1,20}", scope[end]) for end in ("from", "to")), "the range has no positions")
        require_range(entries, int(scope["from"]), int(scope["to"]), size)
    else:
        require(scope["kind"] in ("chosen", "conversation", "user"), "the scope is none")
        require(all(entry["shown"] for entry in entries), "an event is not shown")
    entries = [entry for entry in entries if entry["shown"]]
    key_lines = [json.loads(line) for line in lines_of(files, "keys.ndjson")]
    keys = {line["index"]: unbase64(line["key"]) for line in key_lines}
    require(len(keys) == len(key_lines) and set(keys) <= {e["index"] for e in entries}, "a key belongs to no event")
    said = [json.loads(line) for line in lines_of(files, "view.ndjson")]
    require(len(said) == len(entries), "the view has more or fewer events than are shown")
    views = [view_of(e, keys.get(e["index"]), None if e["index"] in keys else s["closed"]) for e, s in zip(entries, said)]
    for view, line in zip(views, said):
        require(written(view) == written(line), f"the view of leaf {view['index']} says something else")
    if scope["kind"] in ("conversation", "user"):
        require_subject(scope, [json.loads(line) for line in lines_of(files, "index.ndjson")], views)
    name_lines = [json.loads(line) for line in lines_of(files, "names.ndjson")]
    names = {line["id"]: line["name"] for line in name_lines}
    require(len(names) == len(name_lines), "an id has two names")
    told = head_of(scope, names, name, size) + "".join(row_of(view, names, scope) for view in views) + END
    require(files["transcript.html"].decode() == told, "the transcript says something else")
    uploads = {f"media/{v['data'].get('mediaId')}": v["data"].get("sha256") for v in views if v["type"] == "MediaUploaded"}
    for file in set(parts) - set(PARTS):
        require(uploads.get(file) == parts[file]["sha256"], f"{file} is no file that is proven")
    complete = f"no event of the {scope['kind']} is left out" if scope["kind"] != "chosen" else "that none is left out is not proven"
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
