// SPDX-License-Identifier: GPL-2.0
/* Pieces of a space of bytes, found by their offset in logarithmic time. */
#include "fs_reader.h"
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>

static uint32_t priority(void)
{
	static uint64_t state;

	if (!state && getrandom(&state, sizeof(state), 0) != sizeof(state))
		failed("getrandom");
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 32;
}

static struct piece *summed(struct piece *tree)
{
	tree->total = total(tree->left) + tree->length + total(tree->right);
	tree->kept = kept(tree->left) + (tree->kind == HOLE ? 0 : tree->length) + kept(tree->right);
	tree->count = count(tree->left) + 1 + count(tree->right);
	return tree;
}

struct piece *new_piece(enum kind kind, uint64_t length, uint64_t physical)
{
	struct piece *piece = calloc(1, sizeof(*piece));

	if (!piece)
		failed("malloc");
	*piece = (struct piece){.kind = kind, .length = length, .physical = physical, .priority = priority()};
	return summed(piece);
}

void free_pieces(struct piece *tree)
{
	if (!tree)
		return;
	free_pieces(tree->left);
	free_pieces(tree->right);
	free(tree);
}

static struct piece *link_trees(struct piece *left, struct piece *right)
{
	if (!left || !right)
		return left ? left : right;
	if (left->priority > right->priority) {
		left->right = link_trees(left->right, right);
		return summed(left);
	}
	right->left = link_trees(left, right->left);
	return summed(right);
}

/* Cuts the piece at the top of the tree in two; returns the second part, with all that lies behind it. */
static struct piece *halve(struct piece *piece, uint64_t at)
{
	struct piece *rest = new_piece(piece->kind, piece->length - at, piece->kind == HOLE ? 0 : piece->physical + at);

	rest->priority = piece->priority;
	rest->right = piece->right;
	piece->right = NULL;
	piece->length = at;
	summed(piece);
	return summed(rest);
}

void split(struct piece *tree, uint64_t at, struct piece **left, struct piece **right)
{
	uint64_t begin, end;

	*left = *right = NULL;
	if (!tree)
		return;
	begin = total(tree->left);
	end = begin + tree->length;
	if (at <= begin) {
		split(tree->left, at, left, &tree->left);
		*right = summed(tree);
	} else if (at >= end) {
		split(tree->right, at - end, &tree->right, right);
		*left = summed(tree);
	} else {
		*right = halve(tree, at - begin);
		*left = tree;
	}
}

static bool goes_on(const struct piece *left, const struct piece *right)
{
	return left->kind == right->kind && (left->kind == HOLE || left->physical + left->length == right->physical);
}

struct piece *join(struct piece *left, struct piece *right)
{
	struct piece *last = left, *first = right;

	if (!left || !right)
		return left ? left : right;
	while (last->right)
		last = last->right;
	while (first->left)
		first = first->left;
	if (!goes_on(last, first))
		return link_trees(left, right);
	split(left, total(left) - last->length, &left, &last);
	split(right, first->length, &first, &right);
	last->length += first->length;
	summed(last);
	free(first);
	return link_trees(link_trees(left, last), right);
}

void carve(struct piece *tree, uint64_t offset, uint64_t length, struct piece **head, struct piece **body, struct piece **tail)
{
	split(tree, offset, head, &tree);
	split(tree, length, body, tail);
}

void each_piece(const struct piece *tree, void (*see)(const struct piece *piece, void *context), void *context)
{
	if (!tree)
		return;
	each_piece(tree->left, see, context);
	see(tree, context);
	each_piece(tree->right, see, context);
}
