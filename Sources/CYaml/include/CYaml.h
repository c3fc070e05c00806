#pragma once
// libyaml's event stream with its unions and ownership flattened: Swift sees plain fields only.
// Events come in batches, because a call and a union access per event cost more than the scan itself.

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
  size_t index;          // how many characters stand before it
  size_t endIndex;
  uint32_t endLine;
  uint32_t endColumn;
  const uint8_t *value;  // of a scalar; not ended by NUL
  size_t length;
  const char *anchor;  // of a node, or the name of an alias; NULL without
  const char *tag;     // NULL without
} CYaml_Event;

typedef enum { CYaml_malformed, CYaml_longToken, CYaml_noMemory } CYaml_Fault;

typedef struct CYaml_Parser CYaml_Parser;

// A parser over bytes that must outlive it, in which no token is longer than `longest` bytes; NULL without memory.
CYaml_Parser *CYaml_open(const uint8_t *bytes, size_t length, size_t longest);

// Fills `events` with the next batch, which lives until the next call. Returns how many, 0 at the end of the stream,
// -1 on an error, which CYaml_fault and CYaml_error then describe.
int CYaml_next(CYaml_Parser *parser, const CYaml_Event **events);

// What stopped the parser, and where (from 0). The text lives as long as the parser.
const char *CYaml_error(const CYaml_Parser *parser, uint32_t *line, uint32_t *column);

// What it was: a token over the limit, no memory for what libyaml holds, or anything else, of which the text tells.
CYaml_Fault CYaml_fault(const CYaml_Parser *parser);

void CYaml_close(CYaml_Parser *parser);
