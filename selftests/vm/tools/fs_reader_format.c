// SPDX-License-Identifier: GPL-2.0
/* The form of a lower file, as Documentation/reference/orielfs-format.md has it, section by section. */
#include "fs_reader.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK = 4096,
	FRONT = 3 * BLOCK,
	MARK = 1451,
	SLOT = 64,
	MOST_EXTENTS = 131072,
	EXTENT = 16,
	IDENTITY = 16,
};

static uint64_t number(const unsigned char *from, int bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | from[bytes];
	return value;
}

static bool zero(const unsigned char *from, size_t bytes)
{
	while (bytes > 0 && !*from)
		from++, bytes--;
	return bytes == 0;
}

/* CRC-32C, begun with ~0 and not inverted at the end, so that it can be continued. */
static uint32_t checksum_on(uint32_t sum, const unsigned char *from, size_t bytes)
{
	static uint32_t table[256];

	for (uint32_t byte = 0; !table[255] && byte < 256; byte++) {
		table[byte] = byte;
		for (int bit = 0; bit < 8; bit++)
			table[byte] = table[byte] >> 1 ^ (table[byte] & 1 ? 0x82f63b78 : 0);
	}
	while (bytes-- > 0)
		sum = sum >> 8 ^ table[(sum ^ *from++) & 255];
	return sum;
}

static uint32_t checksum(const unsigned char *from, size_t bytes)
{
	return ~checksum_on(~0u, from, bytes);
}

static uint32_t salted(const unsigned char *identity, const unsigned char *from, size_t bytes)
{
	return ~checksum_on(checksum_on(~0u, identity, IDENTITY), from, bytes);
}

/* A block that ends with its checksum and begins with 89, a letter, "oriel\n". */
static bool begins(const unsigned char *block, char letter)
{
	const char magic[8] = {'\x89', letter, 'o', 'r', 'i', 'e', 'l', '\n'};

	return !memcmp(block, magic, sizeof(magic));
}

static bool whole(const unsigned char *block, char letter)
{
	return begins(block, letter) && checksum(block, BLOCK - 4) == number(block + BLOCK - 4, 4);
}

static void check_version(const struct lower *lower, const unsigned char *block)
{
	uint64_t features = number(block + 12, 4);

	if (number(block + 8, 4) != 1)
		damaged(lower, "not supported: version");
	if (features & ~0x80000000)
		damaged(lower, "not supported: features");
	if (!features)
		damaged(lower, "features without bit 31");
}

struct range {
	uint64_t offset, length;
};

struct root {
	const unsigned char *block, *identity;
	uint64_t sequence, size, end; /* end: the physical one */
	struct range area[2], log;
	uint64_t extents, slots, first_slot, first_record;
};

static bool blocks_before(const struct range *range, uint64_t end)
{
	return range->offset % BLOCK == 0 && range->length % BLOCK == 0 && range->length > 0 && range->offset >= FRONT &&
	       range->offset <= end && range->length <= end - range->offset;
}

/* False if the block is no whole root, or counts as none. */
static bool parse_root(const struct lower *lower, const unsigned char *identity, const unsigned char *block, unsigned int parity,
		       struct root *root)
{
	if (!begins(block, 'R') || salted(identity, block, BLOCK - 4) != number(block + BLOCK - 4, 4))
		return false;
	*root = (struct root){
		.block = block,
		.identity = identity,
		.sequence = number(block + 8, 8),
		.size = number(block + 16, 8),
		.end = number(block + 24, 8),
		.area = {{number(block + 32, 8), number(block + 40, 8)}, {number(block + 48, 8), number(block + 56, 8)}},
		.extents = number(block + 64, 4),
		.log = {number(block + 72, 8), number(block + 80, 4) * SLOT},
		.slots = number(block + 80, 4),
		.first_slot = number(block + 84, 4),
		.first_record = number(block + 88, 8),
	};
	return root->sequence >= 1 && root->sequence <= MOST && root->sequence % 2 == parity && root->size <= MOST &&
	       root->end <= lower->size && blocks_before(&root->area[0], root->end) && blocks_before(&root->area[1], root->end) &&
	       root->extents <= MOST_EXTENTS && root->extents <= root->area[root->sequence % 2].length / EXTENT && root->slots % 64 == 0 &&
	       root->slots >= 64 && root->slots <= 65536 && blocks_before(&root->log, root->end) && root->first_slot < root->slots &&
	       root->first_record >= 1 && root->first_record <= MOST;
}

/* A cut file as it is read: its bytes in logical order, and in physical order which are in use, DATA, and which free, HOLE. */
struct cut_file {
	const struct lower *lower;
	struct piece *map, *space;
	uint64_t end;
};

/* Takes physical bytes into use; false if one is already, or lies behind the physical end. */
static bool take(struct cut_file *file, uint64_t offset, uint64_t length)
{
	struct piece *head, *body, *tail;
	bool was_free;

	if (offset > file->end || length > file->end - offset)
		return false;
	carve(file->space, offset, length, &head, &body, &tail);
	was_free = kept(body) == 0;
	free_pieces(body);
	file->space = join(join(head, new_piece(DATA, length, offset)), tail);
	return was_free;
}

static void give_back_piece(const struct piece *piece, void *context)
{
	struct cut_file *file = context;
	struct piece *head, *body, *tail;

	if (piece->kind == HOLE)
		return;
	carve(file->space, piece->physical, piece->length, &head, &body, &tail);
	free_pieces(body);
	file->space = join(join(head, new_piece(HOLE, piece->length, 0)), tail);
}

/* The pieces are out of the map. */
static void give_back(struct cut_file *file, struct piece *pieces)
{
	each_piece(pieces, give_back_piece, file);
	free_pieces(pieces);
}

static void load_extent(struct cut_file *file, const unsigned char *from)
{
	uint64_t length = number(from, 8), place = number(from + 8, 8), physical = place & MOST;
	enum kind kind = place == UINT64_MAX ? HOLE : place > MOST ? UNWRITTEN : DATA;

	if (length == 0)
		damaged(file->lower, "an extent of no length");
	if (length > MOST - total(file->map))
		damaged(file->lower, "extents longer than the file");
	if (kind != HOLE && !take(file, physical, length))
		damaged(file->lower, "an extent where it must not be");
	file->map = join(file->map, new_piece(kind, length, kind == HOLE ? 0 : physical));
}

static void load_map(struct cut_file *file, const struct root *root)
{
	size_t bytes = root->extents * EXTENT;
	unsigned char *packed = malloc(bytes + 1);

	if (!packed)
		failed("malloc");
	read_lower(file->lower, root->area[root->sequence % 2].offset, packed, bytes);
	if (salted(root->identity, packed, bytes) != number(root->block + 68, 4))
		damaged(file->lower, "the map's checksum");
	for (size_t i = 0; i < bytes; i += EXTENT)
		load_extent(file, packed + i);
	if (total(file->map) != root->size)
		damaged(file->lower, "extents of another length than the file");
	free(packed);
}

struct record {
	unsigned int operation, kind;
	uint64_t offset, length, physical, size, end;
};

enum operation { COLLAPSE = 1, INSERT, MAP, PUNCH, RESIZE, CONVERT };

/* What each operation demands of its fields and its range. */
static bool allowed(const struct record *record, uint64_t size)
{
	bool within = record->offset <= size && record->length <= size - record->offset;

	if (record->operation == MAP       ? record->kind > DATA
	    : record->operation == CONVERT ? record->kind != UNWRITTEN && record->kind != DATA
					   : record->kind)
		return false;
	if (record->physical && (record->operation != MAP || record->kind == HOLE))
		return false;
	if ((record->operation == RESIZE) != (record->length == 0))
		return false;
	switch (record->operation) {
	case COLLAPSE:
		return within && record->length < size - record->offset;
	case INSERT:
		return record->offset < size && record->length <= MOST - size;
	case MAP:
		return record->offset <= size && record->length <= MOST - record->offset;
	case PUNCH:
	case CONVERT:
		return within;
	case RESIZE:
		return record->offset <= MOST;
	}
	return false;
}

/* Takes out `length` bytes at the offset and puts the pieces there instead. */
static void replace(struct cut_file *file, uint64_t offset, uint64_t length, struct piece *with)
{
	struct piece *head, *body, *tail;

	carve(file->map, offset, length, &head, &body, &tail);
	give_back(file, body);
	file->map = join(join(head, with), tail);
}

static bool convert(struct cut_file *file, const struct record *record)
{
	struct piece *head, *body, *tail;

	carve(file->map, record->offset, record->length, &head, &body, &tail);
	if (count(body) != 1 || body->kind == HOLE)
		return false;
	file->map = join(join(head, new_piece(record->kind, record->length, body->physical)), tail);
	free_pieces(body);
	return true;
}

static bool map_range(struct cut_file *file, const struct record *record)
{
	if (record->kind != HOLE && !take(file, record->physical, record->length))
		return false;
	replace(file, record->offset, record->length, new_piece(record->kind, record->length, record->physical));
	return true;
}

static void resize(struct cut_file *file, uint64_t size)
{
	uint64_t old = total(file->map);

	if (size < old)
		replace(file, size, old - size, NULL);
	else if (size > old)
		replace(file, old, 0, new_piece(HOLE, size - old, 0));
}

static bool carry_out(struct cut_file *file, const struct record *record)
{
	if (!allowed(record, total(file->map)) || record->end < file->end || record->end > file->lower->size)
		return false;
	file->space = join(file->space, record->end > file->end ? new_piece(HOLE, record->end - file->end, 0) : NULL);
	file->end = record->end;
	switch ((enum operation)record->operation) {
	case COLLAPSE:
		replace(file, record->offset, record->length, NULL);
		break;
	case INSERT:
		replace(file, record->offset, 0, new_piece(HOLE, record->length, 0));
		break;
	case MAP:
		return map_range(file, record);
	case PUNCH:
		replace(file, record->offset, record->length, new_piece(HOLE, record->length, 0));
		break;
	case RESIZE:
		resize(file, record->offset);
		break;
	case CONVERT:
		return convert(file, record);
	}
	return true;
}

static void replay(struct cut_file *file, const struct root *root)
{
	unsigned char *log = malloc(root->log.length);

	if (!log)
		failed("malloc");
	read_lower(file->lower, root->log.offset, log, root->log.length);
	for (uint64_t i = 0; i < root->slots; i++) {
		const unsigned char *slot = log + (root->first_slot + i) % root->slots * SLOT;
		struct record record = {.operation = slot[4],
					.kind = slot[5],
					.offset = number(slot + 16, 8),
					.length = number(slot + 24, 8),
					.physical = number(slot + 32, 8),
					.size = number(slot + 40, 8),
					.end = number(slot + 48, 8)};

		if (salted(root->identity, slot + 4, SLOT - 4) != number(slot, 4) || number(slot + 8, 8) != root->first_record + i)
			break;
		if (!zero(slot + 6, 2) || !zero(slot + 56, 8))
			damaged(file->lower, "a record's bytes that must be zero");
		if (!carry_out(file, &record) || count(file->map) > MOST_EXTENTS)
			damaged(file->lower, "a record that cannot be carried out");
		if (total(file->map) != record.size)
			damaged(file->lower, "a record that leaves another size");
	}
	free(log);
}

static struct piece *read_cut(const struct lower *lower, const struct root *root)
{
	struct cut_file file = {.lower = lower, .space = new_piece(HOLE, root->end, 0), .end = root->end};

	if (!zero(root->block + 96, BLOCK - 4 - 96))
		damaged(lower, "a root's bytes that must be zero");
	if (!take(&file, 0, FRONT) || !take(&file, root->area[0].offset, root->area[0].length) ||
	    !take(&file, root->area[1].offset, root->area[1].length) || !take(&file, root->log.offset, root->log.length))
		damaged(lower, "areas and a log that overlap");
	load_map(&file, root);
	replay(&file, root);
	free_pieces(file.space);
	return file.map;
}

/* The old file, whose first bytes lie at `front`. */
static struct piece *old_file(uint64_t size, uint64_t front)
{
	uint64_t copied = size < FRONT ? size : FRONT;
	struct piece *map = copied ? new_piece(DATA, copied, front) : NULL;

	return size > FRONT ? join(map, new_piece(DATA, size - FRONT, FRONT)) : map;
}

static struct piece *read_intent(const struct lower *lower, const unsigned char *intent, const unsigned char *front)
{
	uint64_t place = lower->size - MARK - BLOCK, size = number(intent + 16, 8), copy = number(intent + 24, 8);
	uint64_t bytes = number(intent + 32, 4), sum = number(intent + 36, 4);
	unsigned char copied[FRONT];

	check_version(lower, intent);
	if (!zero(intent + 40, BLOCK - 4 - 40))
		damaged(lower, "an intent's bytes that must be zero");
	if (copy % BLOCK || copy < FRONT || copy < size || bytes != (size < FRONT ? size : FRONT) || copy > place || bytes > place - copy)
		damaged(lower, "an intent out of its bounds");
	read_lower(lower, copy, copied, bytes);
	if (checksum(copied, bytes) == sum)
		return old_file(size, copy);
	/* The copy was not flushed yet, so nothing was overwritten. */
	if (checksum(front, bytes) == sum)
		return old_file(size, 0);
	damaged(lower, "the copy's checksum");
}

/* The root that counts, or NULL. */
static const struct root *pick_root(const struct lower *lower, const unsigned char *front, struct root roots[2])
{
	bool even = parse_root(lower, front + 16, front + BLOCK, 0, &roots[0]);
	bool odd = parse_root(lower, front + 16, front + 2 * BLOCK, 1, &roots[1]);

	if (even && odd)
		return &roots[roots[1].sequence > roots[0].sequence];
	return even ? &roots[0] : odd ? &roots[1] : NULL;
}

static struct piece *whole_lower(const struct lower *lower)
{
	return lower->size ? new_piece(DATA, lower->size, 0) : NULL;
}

int judge(const struct lower *lower, struct piece **map)
{
	static unsigned char front[FRONT], intent[BLOCK];
	struct root roots[2];
	const struct root *root;

	*map = whole_lower(lower);
	if (lower->size % BLOCK != MARK || lower->size < FRONT)
		return READ_PLAIN;
	free_pieces(*map);
	read_lower(lower, 0, front, FRONT);
	if (whole(front, 'H')) {
		check_version(lower, front);
		if (!zero(front + 32, BLOCK - 4 - 32))
			damaged(lower, "a header's bytes that must be zero");
		root = pick_root(lower, front, roots);
		if (root) {
			*map = read_cut(lower, root);
			return READ_CUT;
		}
	}
	read_lower(lower, lower->size - MARK - BLOCK, intent, BLOCK);
	if (whole(intent, 'I')) {
		*map = read_intent(lower, intent, front);
		return READ_UNFINISHED;
	}
	if (begins(front, 'H'))
		damaged(lower, "neither a front nor an intent");
	*map = whole_lower(lower);
	return READ_PLAIN;
}
