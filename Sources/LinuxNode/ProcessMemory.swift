import CLinux
import Glibc

/// The memory of this process.
package enum ProcessMemory {
  /// Unmaps the pages that can be read from the page cache again, and returns the heap's free pages: a pass touches most of
  /// the program, and waiting touches almost nothing of it.
  package static func giveBack() {
    CLinux_unmap_clean_pages()
    malloc_trim(0)
  }
}
