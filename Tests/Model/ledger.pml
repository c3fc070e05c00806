/* The ledger and its originals, changed by several processes: an agent that records, a `revert` that forgets what it has
 * undone, and an agent that folds.
 *
 * Held for every interleaving: no entry is lost but those that are forgotten, and every entry has its original.
 * Each entry is a bit of `lines`, and its original the same bit of `originals`.
 */

#define MINE 1  /* the entry of the agent that records first */
#define OTHER 2 /* the entry of the agent that records next */
#define UNDONE 4 /* the entry that revert undoes */
#define STALE 8 /* an original of an entry that was folded away before */

byte lines = UNDONE;
byte originals = UNDONE | STALE;
bool locked = false; /* ledger.lock */
byte finished = 0;

#ifdef FAULT_NO_LOCK
#define LOCK skip
#define UNLOCK skip
#else
#define LOCK atomic { !locked -> locked = true }
#define UNLOCK locked = false
#endif

/* Ledger.record: the original first, then the line. */
proctype Record(byte entry) {
  LOCK;
  originals = originals | entry;
  lines = lines | entry;
  UNLOCK;
  finished++
}

/* Ledger.forget: reads all lines, and replaces them by those that stay. */
proctype Forget() {
  byte read;
  LOCK;
  read = lines;
  lines = read & (255 - UNDONE);
  UNLOCK;
  finished++
}

/* Ledger.fold: reads all lines, then removes the originals that none of them needs. */
proctype Fold() {
  byte read, name = 1;
  LOCK;
  read = lines;
  lines = read;
  do
  :: name <= 8 ->
     if
     :: (originals & name) != 0 && (read & name) == 0 -> originals = originals & (255 - name)
     :: else -> skip
     fi;
     name = name * 2
  :: else -> break
  od;
  UNLOCK;
  finished++
}

init {
  atomic { run Record(MINE); run Record(OTHER); run Forget(); run Fold() };
  finished == 4;
  assert(lines == (MINE | OTHER));
  assert((originals & lines) == lines)
}
