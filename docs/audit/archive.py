"""Reads the ZIP of a bundle, with the standard library alone."""
import pathlib, zipfile, zlib

MOST_BYTES = 2**30
DESCRIPTOR_BYTES = 24  # What may follow the content of a part: there is no room for another part in it.
STORED, DEFLATED = 0, 8


def require(condition, what):
    if not condition:
        raise ValueError(what)


def content_of(stored, entry):
    """Unpacks a part. Nothing may follow what was compressed: other programs would take it for the next part."""
    if entry.compress_type == STORED:
        return stored
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    content = unpacker.decompress(stored, entry.file_size + 1)
    is_all = unpacker.eof and not unpacker.unused_data
    require(entry.compress_type == DEFLATED and is_all, f"{entry.filename} is followed by something else")
    return content


def read_parts(path):
    """Answers the parts by name. They and their directory are all of the file: who reads it from its beginning sees no other."""
    data, parts, end = pathlib.Path(path).read_bytes(), {}, 0
    with zipfile.ZipFile(path) as bundle:
        entries = sorted(bundle.infolist(), key=lambda entry: entry.header_offset)
    require(sum(entry.file_size for entry in entries) <= MOST_BYTES, "the bundle is larger than 1 GiB when it is unpacked")
    for entry in entries:
        at, name = entry.header_offset, entry.orig_filename.encode()
        number = lambda offset: int.from_bytes(data[at + offset : at + offset + 2], "little")
        begin = at + 30 + number(26) + number(28)
        require(0 <= at - end <= DESCRIPTOR_BYTES, "the file holds more than the parts of the bundle")
        is_alike = data[at + 30 : at + 30 + number(26)] == name and number(8) == entry.compress_type
        require(is_alike and entry.filename not in parts, f"{entry.filename} is in it twice, or is there otherwise than listed")
        end = begin + entry.compress_size
        parts[entry.filename] = content_of(data[begin:end], entry)
        require(len(parts[entry.filename]) == entry.file_size, f"{entry.filename} has another size")
    directory = sum(46 + len(entry.orig_filename) + len(entry.extra) + len(entry.comment) for entry in entries)
    require(0 <= len(data) - 22 - directory - end <= DESCRIPTOR_BYTES, "the file holds more than the parts of the bundle")
    return parts
