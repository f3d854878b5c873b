// SPDX-License-Identifier: Apache-2.0
#include "cairn_ui/ui_assets.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>

namespace cairn::ui {
namespace {

using ::testing::HasSubstr;

const Asset* find(std::string_view path) {
  const auto found = std::ranges::find(assets(), path, &Asset::path);
  return found == assets().end() ? nullptr : &*found;
}

#ifdef CAIRN_UI_OFF

TEST(UiAssets, AreAbsentWhenConfiguredOff) {
  EXPECT_TRUE(assets().empty());
}

#else

TEST(UiAssets, HaveThePageWithTheBaseThatServersRewrite) {
  const Asset* page = find("/index.html");
  ASSERT_NE(page, nullptr);
  const std::string text(as_text(page->identity));
  EXPECT_THAT(text, HasSubstr("<base href=\"/\">"));
  EXPECT_EQ(text.find("<base"), text.rfind("<base"));
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_FALSE(page->immutable);
}

TEST(UiAssets, HaveEveryFileThatThePageNames) {
  const std::string text(as_text(find("/index.html")->identity));
  int named = 0;
  for (std::size_t at = text.find("./static/"); at != std::string::npos;
       at = text.find("./static/", at + 1)) {
    const std::string path = text.substr(at + 1, text.find('"', at) - at - 1);
    EXPECT_NE(find(path), nullptr) << path;
    ++named;
  }
  EXPECT_GE(named, 2);
}

TEST(UiAssets, AreCompressedAndMarkedForCaches) {
  for (const Asset& asset : assets()) {
    EXPECT_FALSE(asset.identity.empty()) << asset.path;
    EXPECT_LT(asset.gzip.size(), asset.identity.size()) << asset.path;
    EXPECT_LT(asset.brotli.size(), asset.identity.size()) << asset.path;
    EXPECT_EQ(asset.immutable, asset.path.starts_with("/static/")) << asset.path;
    EXPECT_EQ(asset.etag.size(), 18U) << asset.path;
    if (asset.path.ends_with(".js")) {
      ASSERT_GE(asset.gzip.size(), 2U);
      EXPECT_EQ(as_uint8(asset.gzip)[0], 0x1F);
      EXPECT_EQ(as_uint8(asset.gzip)[1], 0x8B);
    }
  }
}

#endif

}  // namespace
}  // namespace cairn::ui
