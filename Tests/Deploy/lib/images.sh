# Sourced by the tests of images. It makes base images from this machine's files, in the place of those of registries.
# They are run in a mount namespace of their own, since podman leaves mounts behind.

here=$PWD/Tests/Deploy/lib
# There may be another podman than this machine's in the way.
export PATH=$PATH:/usr/sbin:/sbin

# use_images DIRECTORY: podman keeps its images there.
use_images() {
  export SCTP_AGENT_IMAGES=$1
  mkdir -p "$1"
}

# import TREE NAME [ARGUMENT...]: the image localhost/NAME of that tree.
import() {
  local tree=$1 name=$2
  shift 2
  tar -C "$tree" -c . | "$here/podman" import --quiet "$@" - "localhost/$name" >/dev/null
}

# links TREE: /bin, /lib and the like as they are here.
links() {
  local name
  for name in bin sbin lib lib32 lib64 libx32; do
    [ ! -L /$name ] || cp -a "/$name" "$1/$name"
  done
}

# copy_with_libraries TREE FILE...
copy_with_libraries() {
  local tree=$1 file
  shift
  { ldd "$@" 2>/dev/null | grep -o '/[^ :]*\.so[^ :]*'; printf '%s\n' "$@"; } | sort -u | while read -r file; do
    file=$(realpath "${file%/*}")/${file##*/}
    install -D -m 755 "$file" "$tree$file"
  done
}

# runtime_image DIRECTORY: localhost/runtime has the C library and nothing else, as RUNTIME has to.
runtime_image() {
  mkdir -p "$1"/{usr,tmp,proc}
  links "$1"
  copy_with_libraries "$1" "$(ldconfig -p | sed -n 's/.*libm\.so\.6 .*=> //p' | head -n 1)"
  import "$1" runtime
}

# builder_image DIRECTORY: localhost/builder is this machine's /usr with its list of packages, and its Swift, which a build
# has to mount: BUILDER and LIBRARIES. ${builder_volumes[@]} are podman's options for that.
builder_image() {
  local swift toolchain=/usr
  if swift=$(command -v swift); then
    toolchain=$(realpath "$swift")
    toolchain=${toolchain%/bin/*}
  fi
  mkdir -p "$1"/{usr,etc,root,var/tmp,var/lib/dpkg,tmp}
  chmod 1777 "$1/tmp" "$1/var/tmp"
  links "$1"
  cp -a --parents /etc/alternatives /etc/ld.so.* /etc/passwd /etc/group "$1"
  builder_volumes=(--volume /usr:/usr:ro --volume /var/lib/dpkg:/var/lib/dpkg:ro)
  [[ $toolchain == /usr ]] || builder_volumes+=(--volume "$toolchain:$toolchain:ro")
  import "$1" builder --change "ENV PATH=$toolchain/bin:/usr/local/bin:/usr/sbin:/usr/bin"
}

# in_image IMAGE COMMAND...: a command of the image, on its own root file system, which is read-only, with /proc as in a
# container.
in_image() {
  local image=$1 status=0 root
  shift
  root=$("$here/podman" image mount "$image")
  mount --bind -o ro "$root" "$root"
  mount --rbind /proc "$root/proc"
  chroot "$root" "$@" || status=$?
  umount --recursive "$root"
  return $status
}

# copy_of_repository DIRECTORY: what git knows of it, as a clone would have it.
copy_of_repository() {
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from - --ignore-failed-read -c | tar -C "$1" -x
  cp -a .git "$1"
}
