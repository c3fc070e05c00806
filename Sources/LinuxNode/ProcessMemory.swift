import CLinux
import Glibc

/// The memory of this process.
package enum ProcessMemory {
  /// Lets all threads share one heap: mallopt(3), M_ARENA_MAX. Each thread would otherwise get one of its own, with free
  /// pages of its own. Call it before a thread is started.
  package static func shareHeap() { mallopt(M_ARENA_MAX, 1) }

  /// Unmaps the pages that can be read from the page cache again, and gives the heap's free pages back. A pass uses
  /// most of the program, and the wait for the next one almost nothing.
  package static func giveBack() {
    CLinux_unmap_clean_pages()
    malloc_trim(0)
  }
}
