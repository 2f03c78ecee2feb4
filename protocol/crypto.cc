#include "protocol/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <climits>

namespace protocol {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_base64_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

Sha256Digest sha256(std::string_view data) {
    Sha256Digest digest{};
    SHA256(bytes_of(data), data.size(), digest.data());
    return digest;
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view data) {
    Sha256Digest digest{};
    unsigned length = 0;
    const auto key_bytes = static_cast<int>(std::min<std::size_t>(key.size(), INT_MAX));
    HMAC(EVP_sha256(), key.data(), key_bytes, bytes_of(data), data.size(), digest.data(), &length);
    return digest;
}

bool pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations, Sha256Digest& out) {
    if (iterations < 1 || password.size() > INT_MAX || salt.size() > INT_MAX) return false;
    return PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(salt),
                             static_cast<int>(salt.size()), iterations, EVP_sha256(),
                             static_cast<int>(out.size()), out.data()) == 1;
}

std::optional<std::string> md5_hex(std::string_view data) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_Digest(data.data(), data.size(), digest.data(), &length, EVP_md5(), nullptr) != 1)
        return std::nullopt;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < length; ++i) {
        hex.push_back(kDigits[digest[i] >> 4U]);
        hex.push_back(kDigits[digest[i] & 0xFU]);
    }
    return hex;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::string& secret) {
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

std::optional<std::string> random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        return std::nullopt;
    }
    return bytes;
}

std::string base64_encode(std::string_view data) {
    std::string text((data.size() + 2) / 3 * 4 + 1, '\0');  // the encoder writes a terminator
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(data),
                                        static_cast<int>(data.size()));
    text.resize(static_cast<std::size_t>(written));
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > INT_MAX) return std::nullopt;
    if (text.empty()) return std::string{};
    std::size_t digits = text.size();
    while (digits > text.size() - 2 && text[digits - 1] == '=') --digits;
    if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(digits), is_base64_digit)) {
        return std::nullopt;
    }
    std::string data(text.size() / 4 * 3, '\0');
    const int written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(data.data()), bytes_of(text),
                                        static_cast<int>(text.size()));
    if (written < 0) return std::nullopt;
    data.resize(data.size() - (text.size() - digits));  // the decoder counts padding as zero bytes
    return data;
}

}  // namespace protocol
