import CLinux
import Glibc

/// The memory of this process.
package enum ProcessMemory {
  /// Unmaps the pages that can be read from the page cache again, and gives the heap's free pages back. A pass uses
  /// most of the program, and the wait for the next one almost nothing.
  package static func giveBack() {
    CLinux_unmap_clean_pages()
    malloc_trim(0)
  }
}
