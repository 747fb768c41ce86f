#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sagbench {

// Replaces `path` as a whole: temporary file in the same folder, fsync, rename, fsync of the
// folder. After a crash the file is the old one or the new one. Throws Error (environment).
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

// All bytes of a file. Throws Error (bad file) if it is missing or cannot be read.
std::string ReadFile(const std::filesystem::path& path);

// Creates the folder and those above it. Throws Error (environment) if it cannot, or if no file can
// be written there.
void MakeWritableFolder(const std::filesystem::path& path);

// SHA-256 as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);
std::string Sha256OfFile(const std::filesystem::path& path);  // throws as ReadFile

}  // namespace sagbench
