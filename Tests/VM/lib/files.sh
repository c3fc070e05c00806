# Sourced: copies programs of this machine into a tree that a guest will have as its root.

# skeleton TREE: the top directories, with /usr merged; `/` keeps its mode, and unprivileged users have to get through it.
skeleton() {
  mkdir -p "$1"/usr/{bin,sbin,lib,lib64}
  ln -s usr/bin usr/sbin usr/lib usr/lib64 "$1"
  chmod 755 "$1"
}

# copy SOURCE TARGET TREE: without debug sections; an emulated machine reads slowly.
copy() {
  mkdir -p "$3/$(dirname "$2")"
  cp -L --remove-destination "$1" "$3/$2"
  case $(head -c 4 "$1" | tr -d '\0') in
    $'\177ELF') strip --strip-debug "$3/$2" 2>/dev/null || true ;;
  esac
}

# copy_library SOURCE TARGET TREE: under the name of its file, which tells its version, and the name by which it is loaded.
copy_library() {
  local file
  file=$(realpath "$1")
  file=${file##*/}
  copy "$1" "${2%/*}/$file" "$3"
  [ "$file" = "${2##*/}" ] || ln -sf "$file" "$3/$2"
}

# copy_program SOURCE TARGET TREE: with the shared libraries that it is linked to.
copy_program() {
  local source=$1 target=$2 tree=$3 library
  copy "$source" "$target" "$tree"
  { ldd "$source" 2>/dev/null || true; } | { grep -o '/[^ ]*\.so[^ ]*' || true; } | while read -r library; do
    [ -e "$tree/$library" ] || copy_library "$library" "$library" "$tree"
  done
}
