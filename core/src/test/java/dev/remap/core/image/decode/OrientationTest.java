package dev.remap.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.Orientation;
import dev.remap.core.image.RgbImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {

  /** EXIF 2.32, 4.6.4: on which sides of the picture the first stored row and column are. */
  @ParameterizedTest
  @CsvSource({
    "1,top,left", "2,top,right", "3,bottom,right", "4,bottom,left",
    "5,left,top", "6,right,top", "7,right,bottom", "8,left,bottom"
  })
  void storedRowsAndColumnsGoWhereTheStandardSays(int orientation, String row, String column)
      throws ImageException {
    for (String name : new String[] {"oriented.jpg", "oriented.png", "oriented.webp"}) {
      RgbImage stored = Images.decode(oriented(name, 1));
      RgbImage seen = Images.decode(oriented(name, orientation));
      assertThat(seen.width()).isEqualTo(orientation < 5 ? stored.width() : stored.height());
      for (int y = 0; y < stored.height(); y++) {
        for (int x = 0; x < stored.width(); x++) {
          int toX = position("left", "right", seen.width(), row, y, column, x);
          int toY = position("top", "bottom", seen.height(), row, y, column, x);
          for (int channel = 0; channel < 3; channel++) {
            assertThat(Images.value(seen, toX, toY, channel))
                .as("%s, stored pixel %d, %d", name, x, y)
                .isEqualTo(Images.value(stored, x, y, channel));
          }
        }
      }
    }
  }

  private static int position(
      String low, String high, int side, String row, int y, String column, int x) {
    if (row.equals(low) || column.equals(low)) {
      return row.equals(low) ? y : x;
    }
    return side - 1 - (row.equals(high) ? y : x);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 255})
  void aValueOutsideTheStandardMeansUpright(int value) throws ImageException {
    byte[] file = oriented("oriented.jpg", value);
    assertThat(new ImageDecoder(Images.LIMITS).header(file).orientation()).isEqualTo(1);
  }

  @Test
  void aDamagedExifBlockMeansUprightAndDoesNotCostTheImage() throws ImageException {
    byte[] file = Images.read("oriented.jpg");
    int tiff = Images.find(file, "Exif\0\0") + 6;
    for (int at = tiff; at < tiff + 8; at++) {
      byte[] damaged = Images.withByte(file, at, 0x7f);
      assertThat(Images.decode(damaged).shape()).as("byte %d", at).isEqualTo(Images.FULL);
    }
  }

  @Test
  void bothByteOrdersAreRead() {
    byte[] big = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0};
    byte[] little = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0};
    assertThat(Orientation.read(big, 0, big.length)).hasValue(8);
    assertThat(Orientation.read(little, 0, little.length)).hasValue(7);
    assertThat(Orientation.read(little, 0, 9)).isEmpty();
  }

  @Test
  void aDirectoryMayBeginAtAnOddOffset() {
    byte[] odd = {'I', 'I', 42, 0, 9, 0, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 5, 0, 0, 0};
    assertThat(Orientation.read(odd, 0, odd.length)).hasValue(5);
  }

  /** As Chromium reads it: of another type, or of two values, it is no orientation. */
  @ParameterizedTest
  @CsvSource({"4,1", "3,2", "1,1"})
  void aTagOfAnotherTypeOrCountIsPassedOver(int type, int count) {
    byte[] wrong = {'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0};
    byte[] entry = {0x12, 1, (byte) type, 0, (byte) count, 0, 0, 0, 6, 0, 0, 0};
    byte[] right = {0x12, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0};
    byte[] tiff = Images.withAppended(Images.withAppended(wrong, entry), right);
    assertThat(Orientation.read(tiff, 0, tiff.length)).hasValue(3);
  }

  @Test
  void ofSeveralExifSegmentsTheFirstWithAnOrientationDecides() throws ImageException {
    byte[] upright = Images.read("baseline.jpg");
    byte[] first = withExif(withExif(withExif(upright, tiff(8)), tiff(1)), new byte[] {'I', 'I'});
    assertThat(orientationOf(first)).isEqualTo(1);
    byte[] second = withExif(withExif(withExif(upright, tiff(1)), tiff(8)), new byte[] {1, 2, 3});
    assertThat(orientationOf(second)).isEqualTo(8);
  }

  /** Where browsers stop looking: github.com/w3c/png/issues/447. */
  @Test
  void aPngsOrientationCountsBeforeItsPixelsAndWithItsChecksumOnly() throws ImageException {
    byte[] file = Images.read("rgb.png");
    byte[] exif = Images.chunk("eXIf", tiff(6));
    assertThat(orientationOf(Images.insertedBefore("IDAT", file, exif))).isEqualTo(6);
    assertThat(orientationOf(Images.insertedBefore("IEND", file, exif))).isEqualTo(1);
    byte[] damaged = Images.withByte(exif, exif.length - 1, exif[exif.length - 1] ^ 1);
    assertThat(orientationOf(Images.insertedBefore("IDAT", file, damaged))).isEqualTo(1);
  }

  @Test
  void aWebpsOrientationIsReadWithAndWithoutAPrefix() throws ImageException {
    byte[] file = Images.read("alpha.webp");
    byte[] prefix = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(orientationOf(Images.withWebpChunk(file, "EXIF", tiff(5)))).isEqualTo(5);
    byte[] prefixed = Images.withAppended(prefix, tiff(7));
    assertThat(orientationOf(Images.withWebpChunk(file, "EXIF", prefixed))).isEqualTo(7);
    byte[] broken = Images.withWebpChunk(file, "EXIF", new byte[] {1});
    assertThat(orientationOf(Images.withWebpChunk(broken, "EXIF", tiff(3)))).isEqualTo(3);
  }

  private static int orientationOf(byte[] file) throws ImageException {
    Images.decode(file);
    return new ImageDecoder(Images.LIMITS).header(file).orientation();
  }

  private static byte[] tiff(int orientation) {
    return new byte[] {
      'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0
    };
  }

  /** With an APP1 segment in front of all others. */
  private static byte[] withExif(byte[] jpeg, byte[] tiff) {
    byte[] head = {(byte) 0xff, (byte) 0xe1, 0, (byte) (8 + tiff.length), 'E', 'x', 'i', 'f', 0, 0};
    return Images.inserted(jpeg, 2, Images.withAppended(head, tiff));
  }

  /** The fixture with another value in its EXIF directory. */
  private static byte[] oriented(String name, int orientation) {
    byte[] file = Images.read(name);
    // Tag 0x0112, type 3, one value: here in big or little byte order.
    String big = "\u0001\u0012\0\u0003\0\0\0\u0001\0";
    String little = "\u0012\u0001\u0003\0\u0001\0\0\0";
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int at = text.contains(big) ? text.indexOf(big) + big.length() : Images.find(file, little) + 8;
    byte[] changed = Images.withByte(file, at, orientation);
    return name.endsWith("png") ? withChecksum(changed, Images.find(file, "eXIf")) : changed;
  }

  private static byte[] withChecksum(byte[] png, int type) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    int length = bytes.getInt(type - 4);
    CRC32 crc = new CRC32();
    crc.update(png, type, length + 4);
    bytes.putInt(type + 4 + length, (int) crc.getValue());
    return png;
  }
}
