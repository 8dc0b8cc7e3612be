package dev.remap.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ForeignFormatTest {
  static Stream<Arguments> foreign() {
    return Stream.of(
        Arguments.of("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "it is a HEIC"),
        Arguments.of("\0\0\0\u0018ftypmif1\0\0\0\0mif1heic", "it is a HEIC"),
        Arguments.of("\0\0\0\u001cftypavif\0\0\0\0avifmif1miaf", "it is an AVIF"),
        Arguments.of("\0\0\0\u001cftypmif1\0\0\0\0avifmif1miaf", "it is an AVIF"),
        Arguments.of("\0\0\0\u0018ftypisom\0\0\2\0isomavc1", "it is a video"),
        Arguments.of("\0\0\0\u0018ftypcrx \0\0\0\1crx isom", "it is a raw photograph"),
        Arguments.of("II*\0\u0008\0\0\0", "it is a TIFF"),
        Arguments.of("MM\0*\0\0\0\u0008", "it is a TIFF"),
        Arguments.of("MM\0+\0\u0008\0\0", "it is a TIFF"),
        Arguments.of("GIF87a\1\0\1\0", "it is a GIF"),
        Arguments.of("BMF\0\0\0" + "\0\0\0\0" + "6\0\0\0(\0\0\0", "it is a BMP"),
        Arguments.of("\0\0\0\u000cjP  \r\n\u0087\n\0\0\0\u0014ftypjp2 ", "it is a JPEG 2000"),
        Arguments.of("\u00ffO\u00ffQ\0)", "it is a JPEG 2000"),
        Arguments.of("\0\0\0\u000cJXL \r\n\u0087\n", "it is a JPEG XL"),
        Arguments.of("\u00ff\n\u00fa\u001f", "it is a JPEG XL"),
        Arguments.of("%PDF-1.7\n", "it is a PDF"),
        Arguments.of("8BPS\0\1", "it is a Photoshop file"),
        Arguments.of("RIFF\0\0\0\0AVI LIST", "it is a video (AVI)"),
        Arguments.of("\0\5\u0016\7\0\2\0\0", "it is an AppleDouble file"),
        Arguments.of("\u0089PNG\n\u001a\n\0\0", "it is a PNG whose line ends were changed"),
        Arguments.of("\u00ef\u00bf\u00bdPNG\r\n\u001a\n", "once read as text"),
        Arguments.of(
            "\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd\0", "once read as text"),
        Arguments.of("version https://git-lfs.github.com/spec/v1\noid sha256:ab\n", "Git LFS"),
        Arguments.of("../../.git/annex/objects/ab/cd/SHA256E-s3--ab.jpg", "git-annex pointer"),
        Arguments.of("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "it is an SVG"),
        Arguments.of("<?xml version=\"1.0\"?>\n<!-- a > b -->\n<svg>", "it is XML"),
        Arguments.of("<?xml version=\"1.0\"?>\n<!-- made -->\n<svg width=\"1\">", "it is an SVG"),
        Arguments.of("<!DOCTYPE html>\n<html lang=\"en\">", "it is HTML"),
        Arguments.of("\u00ef\u00bb\u00bf  <HTML><BODY>404", "it is HTML"),
        Arguments.of("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "it is XML"),
        Arguments.of("{\"error\": \"no such object\"}", "it is JSON"),
        Arguments.of("[{\"id\": 1}]", "it is JSON"),
        Arguments.of("/9j/4AAQSkZJRgABAQ==", "it is an image in base64"),
        Arguments.of("Not found", "it is text"),
        Arguments.of("Gr\u00c3\u00bc\u00c3\u009fe\n", "it is text"),
        Arguments.of("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "it is nothing but zero bytes"),
        Arguments.of("\u0001\u0002\u0003", "begins with the bytes 01 02 03"),
        Arguments.of("\0\0\0\0\0\0\0\0\0\0\0\0\0\1", "begins with the bytes 00 00"));
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void whatIsNoImageIsNamed(String file, String name) {
    assertThatThrownBy(() -> Images.decode(file.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(ImageException.class)
        .hasMessageStartingWith("not a JPEG, PNG or WebP: ")
        .hasMessageContaining(name);
  }

  /** Characters of several bytes may be cut where looking ends. */
  @Test
  void longTextsAndZerosAreNamed() {
    assertThat(ForeignFormat.describe("ä€𝄞".repeat(2000).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("it is text");
    assertThat(ForeignFormat.describe(new byte[1_000_000])).contains("zero bytes");
  }
}
