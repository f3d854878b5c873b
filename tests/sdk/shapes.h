// SPDX-License-Identifier: Apache-2.0
//
// Spans of every shape: what callers do right, wrong and at the limits, from several threads.
//
// Each span says in its first two attributes which shape it is of (`shape`) and which one it is
// (`number`); shapes.mjs has what must arrive of each.
#pragma once

// Makes at least `count` spans on `threads` threads; sends them meanwhile, so that none is lost.
void make_shapes(int threads, int count);
