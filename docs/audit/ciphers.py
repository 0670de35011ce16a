"""The two algorithms of a bundle that Python's standard library has not: Ed25519 and AES-256-GCM. They are slow, and short."""
import hashlib

# Ed25519 (RFC 8032, section 5.1), in extended coordinates: x = X/Z, y = Y/Z, x * y = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    less, more, k, z = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2), 2 * D * t1 * t2 % P, 2 * z1 * z2
    e, f, g, h = (more - less) % P, z - k, z + k, (more + less) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def is_same(a, b):
    (x1, y1, z1, _), (x2, y2, z2, _) = a, b
    return (x1 * z2 - x2 * z1) % P == 0 == (y1 * z2 - y2 * z1) % P


def multiply(n, point):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, point)
        point, n = add(point, point), n >> 1
    return total


def point_of(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or y >= P or x * x % P != square or (x == 0 and sign):
        raise ValueError("a point is none of the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % ORDER
    if len(signature) != 64 or s >= ORDER:
        return False
    return is_same(multiply(s, BASE), add(point_of(r), multiply(h, point_of(key))))


# AES-256-GCM without associated data (FIPS 197, NIST SP 800-38D).
def double(a):
    return a << 1 ^ (0x11B if a & 0x80 else 0)


def make_sbox():
    powers = [1]  # of 3, which are all numbers but 0
    while len(powers) < 255:
        powers.append(powers[-1] ^ double(powers[-1]))
    box = [0x63] * 256
    for n, power in enumerate(powers):
        inverse = powers[-n] if n else 1
        twice = inverse << 8 | inverse  # so that shifting it rotates it
        box[power] = (twice ^ twice >> 4 ^ twice >> 5 ^ twice >> 6 ^ twice >> 7) & 0xFF ^ 0x63
    return box


SBOX = make_sbox()


def round_keys(key):
    words, factor = [key[i : i + 4] for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = words[-1]
        if i % 8 == 0:
            word = [SBOX[word[1]] ^ factor, SBOX[word[2]], SBOX[word[3]], SBOX[word[0]]]
            factor = double(factor)
        elif i % 8 == 4:
            word = [SBOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[i - 8], word)])
    return [[b for word in words[i : i + 4] for b in word] for i in range(0, 60, 4)]


def encrypt_block(keys, block):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for n, key in enumerate(keys[1:], 1):
        state = [SBOX[state[(5 * i) % 16]] for i in range(16)]
        if n < 14:
            columns = [state[c : c + 4] for c in range(0, 16, 4)]
            state = [
                a[i] ^ double(a[i] ^ a[(i + 1) % 4]) ^ a[0] ^ a[1] ^ a[2] ^ a[3] for a in columns for i in range(4)
            ]
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def gcm_multiply(a, b):
    product = 0
    for bit in range(127, -1, -1):
        product ^= b if a >> bit & 1 else 0
        b = b >> 1 ^ (0xE1 << 120 if b & 1 else 0)
    return product


def open_gcm(key, nonce, sealed, tag):
    keys = round_keys(key)
    point, total = int.from_bytes(encrypt_block(keys, bytes(16)), "big"), 0
    blocks = [sealed[i : i + 16] for i in range(0, len(sealed), 16)]
    stream = [encrypt_block(keys, nonce + n.to_bytes(4, "big")) for n in range(1, len(blocks) + 2)]
    for block in [*blocks, (8 * len(sealed)).to_bytes(16, "big")]:
        total = gcm_multiply(total ^ int.from_bytes(block.ljust(16, b"\0"), "big"), point)
    if (total ^ int.from_bytes(stream[0], "big")).to_bytes(16, "big") != tag:
        raise ValueError("what is sealed was changed")
    return bytes(a ^ b for a, b in zip(sealed, b"".join(stream[1:])))
