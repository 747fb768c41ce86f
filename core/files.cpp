#include "core/files.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "core/error.h"
#include "core/posix_file.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

// A name beside `path` that no other writer of this machine uses now.
fs::path TemporaryName(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return fs::path(path) += fmt::format(".{}-{}.tmp", getpid(), counter++);
}

fs::path FolderOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void WriteSynced(const fs::path& path, std::string_view bytes) {
  PosixFile file(path, O_WRONLY | O_CREAT | O_TRUNC);
  file.Write(bytes);
  file.Sync();
  file.Close();
}

void Rename(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw EnvironmentError("cannot write '{}': {}", to.string(), error.message());
}

}  // namespace

void WriteFileAtomically(const fs::path& path, std::string_view bytes) {
  const fs::path temporary = TemporaryName(path);
  try {
    WriteSynced(temporary, bytes);
    Rename(temporary, path);
  } catch (const Error&) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
  PosixFile(FolderOf(path), O_RDONLY | O_DIRECTORY).Sync();
}

std::string ReadFile(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    throw FileError("cannot read '{}': it is a folder", path.string());
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileError("cannot read '{}': {}", path.string(), std::strerror(errno));
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) throw FileError("cannot read '{}': {}", path.string(), std::strerror(errno));
  return bytes;
}

void MakeWritableFolder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error || !fs::is_directory(path, error)) {
    throw EnvironmentError("cannot make the folder '{}': {}", path.string(),
                           error ? error.message() : "a file of that name is there");
  }
  const fs::path probe = TemporaryName(path / "probe");
  const int file = open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) {
    throw EnvironmentError("cannot write into the folder '{}': {}", path.string(),
                           std::strerror(errno));
  }
  close(file);
  fs::remove(probe, error);
}

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw EnvironmentError("OpenSSL cannot compute a SHA-256");
  }
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string Sha256OfFile(const fs::path& path) {
  return Sha256Hex(ReadFile(path));
}

}  // namespace sagbench
