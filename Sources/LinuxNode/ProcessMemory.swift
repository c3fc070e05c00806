import CLinux
import Glibc

/// The memory of this process.
package enum ProcessMemory {
  /// Unmaps what can be mapped again from the page cache, a fault for every 64 KB, and gives the heap's free pages back:
  /// a pass touches most of the program, and waiting next to nothing of it.
  package static func giveBack() {
    CLinux_unmap_clean_pages()
    malloc_trim(0)
  }
}
