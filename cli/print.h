#ifndef GPCONF_CLI_PRINT_H
#define GPCONF_CLI_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "engine/gpconf.h"

/*
 * Text for people. Every name on the screen may come from a file that somebody
 * hostile wrote, so control characters never reach the terminal; white space is
 * folded. All output goes through here.
 */

/* Text as it may be shown: one line, control and direction characters replaced.
 */
void print_text(FILE *to, const char *text);

/* The same, cut or filled up with blanks to a number of columns. */
void print_column(FILE *to, const char *text, int columns);

/* The columns of a terminal, as COLUMNS or the terminal itself says; of anything else
 * INT_MAX: who reads a pipe wants whole lines. */
int print_width(FILE *to);

/* A paragraph wrapped at 80 columns, or at a narrower terminal's, behind an
 * indentation. Line ends of the text are kept. */
void print_paragraph(FILE *to, const char *text, int indent);

/* A line behind an indentation, wrapped on a terminal alone. The text was made by the
 * functions above. */
void print_message(FILE *to, const char *text, int indent);

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_BAD };
void print_style(FILE *to, bool color, enum style style);

/* "file:line: warning: message", "file: record 3: error: …"; notes are left out. */
enum diagnostics_shown { SHOW_WARNINGS = 1, SHOW_ERRORS = 2 };
void print_diagnostics(FILE *to, const struct gpconf_answer *answer, unsigned shown);

/* What an operation does to its value: "=data", "=(redacted)" or " (delete)". */
void print_operation(FILE *to, const struct gpconf_node *operation);

/* A node of any kind on one line: text, number, yes/no, or a list with commas.
 */
void print_node(FILE *to, const struct gpconf_node *node);

/* Are two rows about the same line of a client's file? One line may do what several
 * settings ask. Rows that name no file are of one file. */
bool print_same_line(const struct gpconf_node *a, const struct gpconf_node *b);

/* What the lines of a client's configuration claim, on standard output: claims[] of a
 * step. One line may do what several settings ask, and is printed once. */
void print_claims(const struct gpconf_node *claims, int indent);

#endif
