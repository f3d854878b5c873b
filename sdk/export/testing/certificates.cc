// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/testing/certificates.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace cairn::trace::transport::testing {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* file) const { BIO_free(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using File = std::unique_ptr<BIO, Free>;

void extend(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself.
Certificate make(const char* name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 0;
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509* signer = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  if (issuer == nullptr) {
    extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  } else {
    extend(certificate.get(), NID_subject_alt_name, "DNS:localhost");
  }
  EXPECT_GT(X509_sign(certificate.get(), issuer_key, EVP_sha256()), 0);
  return certificate;
}

void write(const std::string& certificate_file, X509* certificate, const std::string& key_file,
           EVP_PKEY* key) {
  const File pem(BIO_new_file(certificate_file.c_str(), "w"));
  const File secret(BIO_new_file(key_file.c_str(), "w"));
  ASSERT_TRUE(pem && secret);
  EXPECT_EQ(PEM_write_bio_X509(pem.get(), certificate), 1);
  EXPECT_EQ(PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr), 1);
}

}  // namespace

Certificates::Certificates() {
  std::string pattern = ::testing::TempDir() + "cairn-certificates-XXXXXX";
  folder_ = mkdtemp(pattern.data());
  const Key ca_key(EVP_EC_gen("P-256"));
  const Certificate ca = make("ca", ca_key.get(), nullptr, ca_key.get());
  write(certificate("ca"), ca.get(), key("ca"), ca_key.get());
  for (const char* name : {"server", "client"}) {
    const Key own(EVP_EC_gen("P-256"));
    write(certificate(name), make(name, own.get(), ca.get(), ca_key.get()).get(), key(name),
          own.get());
  }
  const Key other(EVP_EC_gen("P-256"));
  write(certificate("other"), make("other", other.get(), nullptr, other.get()).get(), key("other"),
        other.get());
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace cairn::trace::transport::testing
