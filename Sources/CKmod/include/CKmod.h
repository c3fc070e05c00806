// libkmod for Swift. Here is only what Swift cannot do itself: the log function takes a va_list, the lists are walked
// by a macro, and the callbacks need their C signatures. No decision is made here, and no type of libkmod gets out.
//
// Functions return 0, a positive answer of libkmod, or a negative error number.
#pragma once

// A line for `user`: what libkmod logged, or the install command that it would have run for `module`.
typedef void (*CKmod_line)(void *user, const char *module, const char *line);

// One fact of a module file: `vermagic`, `signer`, …
typedef void (*CKmod_fact)(void *user, const char *key, const char *value);

typedef struct CKmod CKmod;

// A fresh context (libkmod caches, and its own check for changes overlooks edits in place). `configurations` ends with
// NULL. `logged` is called with an empty module.
int CKmod_new(
    CKmod **kmod, const char *directory, const char *const *configurations, void *user, CKmod_line logged);
void CKmod_free(CKmod *kmod);

// Looks the name up as modprobe does and inserts what comes of it. Install commands are never run: `refused` is told,
// and the module that has one fails with -ECANCELED. -ENOENT: nothing of that name.
int CKmod_insert(CKmod *kmod, const char *name, void *user, CKmod_line refused);

// Opens and, where need be, decompresses a module file, and reads its .modinfo section and signature.
int CKmod_facts(CKmod *kmod, const char *path, void *user, CKmod_fact found);
