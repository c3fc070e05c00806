#pragma once
// libyaml's events as plain structures, without unions and without memory that the caller has to free.
// Events are returned in batches: a call and a union access for each event would cost more than the scan itself.

#include <stddef.h>
#include <stdint.h>

typedef enum {
  CYaml_documentStart,
  CYaml_documentEnd,
  CYaml_sequenceStart,
  CYaml_sequenceEnd,
  CYaml_mappingStart,
  CYaml_mappingEnd,
  CYaml_scalar,
  CYaml_alias,
} CYaml_Kind;

typedef enum { CYaml_plain, CYaml_quoted, CYaml_literal, CYaml_folded } CYaml_Style;

typedef struct {
  CYaml_Kind kind;
  CYaml_Style style;     // of a scalar
  uint32_t line;         // from 0
  uint32_t column;       // from 0, in characters
  uint32_t endLine;
  uint32_t endColumn;
  const uint8_t *value;  // of a scalar; without a final NUL
  size_t length;
  const char *anchor;  // of a node, or the name of an alias; NULL without
  const char *tag;     // NULL without
} CYaml_Event;

typedef enum { CYaml_malformed, CYaml_longToken, CYaml_noMemory } CYaml_Fault;

typedef struct CYaml_Parser CYaml_Parser;

// Opens a parser for `bytes`, which must live as long as the parser. A token of more than `longest` bytes is an error.
// Returns NULL if there is no memory.
CYaml_Parser *CYaml_open(const uint8_t *bytes, size_t length, size_t longest);

// Sets `events` to the next batch, which is valid until the next call. Returns the number of events, 0 at the end of the
// stream, and -1 on an error, which CYaml_fault and CYaml_error describe.
int CYaml_next(CYaml_Parser *parser, const CYaml_Event **events);

// Returns libyaml's description of the error, and sets its place, counted from 0. The text lives as long as the parser.
const char *CYaml_error(const CYaml_Parser *parser, uint32_t *line, uint32_t *column);

// Returns the kind of the error: a token over the limit, no memory, or malformed YAML, which CYaml_error describes.
CYaml_Fault CYaml_fault(const CYaml_Parser *parser);

void CYaml_close(CYaml_Parser *parser);
