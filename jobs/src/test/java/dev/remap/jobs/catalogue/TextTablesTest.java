package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.TableBytes;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableRow;
import dev.remap.jobs.catalogue.table.TableRows;
import dev.remap.jobs.config.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CSV and JSON lines: every row is read exactly, or refused with its place. */
class TextTablesTest {
  private static final long SEED = 71;

  @TempDir private Path folder;

  private List<TableRow> rows(byte[] text, String name, TableColumns columns) throws IOException {
    Path file = Files.write(folder.resolve(name), text);
    TableFormat format = name.contains(".csv") ? TableFormat.CSV : TableFormat.JSON_LINES;
    ListedImage listed = new ListedImage(name, file.toString(), "1@1", text.length);
    List<TableRow> rows = new ArrayList<>();
    try (TableRows read =
        TableRows.of(
            file.toString(),
            format.format(),
            () -> format.open(listed, columns, new Configuration(false)))) {
      read.forEachRemaining(rows::add);
    }
    return rows;
  }

  private List<TableRow> rows(String text, String name) throws IOException {
    return rows(text.getBytes(StandardCharsets.UTF_8), name, TableColumns.KNOWN);
  }

  private List<String> ids(String text, String name) throws IOException {
    return rows(text, name).stream().map(TableRow::imageId).toList();
  }

  /** As a program would write them that quotes what it must; the truth is what was written. */
  @Test
  void whatIsWrittenByTheRfcIsReadAsItWas() throws IOException {
    Random random = new Random(SEED);
    String alphabet = "ab,\"\r\n é漢;\t\\'|😀";
    for (int round = 0; round < 50; round++) {
      String end = random.nextBoolean() ? "\r\n" : "\n";
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
      text.append("note,uri,version,image_id").append(end);
      List<List<String>> written = new ArrayList<>();
      int rows = random.nextInt(20);
      for (int row = 0; row < rows; row++) {
        List<String> fields = new ArrayList<>();
        for (int column = 0; column < 4; column++) {
          StringBuilder field = new StringBuilder();
          for (int i = random.nextInt(6); i > 0; i--) {
            int[] points = alphabet.codePoints().toArray();
            field.appendCodePoint(points[random.nextInt(points.length)]);
          }
          fields.add(field.toString());
        }
        written.add(fields);
        text.append(
            fields.stream().map(field -> quoted(field, random)).collect(Collectors.joining(",")));
        text.append(row == rows - 1 && random.nextBoolean() ? "" : end);
      }

      List<List<String>> read =
          rows(text.toString(), "t.csv").stream()
              .map(row -> List.of(row.uri(), row.version(), row.imageId()))
              .toList();

      assertThat(read)
          .as("seed %d round %d: %s", SEED, round, text)
          .isEqualTo(written.stream().map(fields -> fields.subList(1, 4)).toList());
    }
  }

  private static String quoted(String field, Random random) {
    boolean must = field.matches("(?s).*[,\"\r\n].*");
    return must || random.nextBoolean() ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }

  @Test
  void aLineBreakInQuotesMakesNoRow() throws IOException {
    List<TableRow> rows =
        rows(
            "image_id,uri,caption\na,0.jpg,\"a hat\nred, blue, green\"\n\nb,1.jpg,plain\n",
            "t.csv");

    assertThat(rows).extracting(TableRow::imageId).containsExactly("a", "b");
    assertThat(rows.get(1).where()).endsWith("t.csv, row 2 (line 5)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "a,1.jpg,x;b,2.jpg | row 2 (line 3): it has 2 fields, and the header has 3",
        "a,1.jpg,x,y | row 1 (line 2): it has 4 fields, and the header has 3",
        "a,1.jpg,\"x;b,2.jpg,y;c,3.jpg,z | row 1 (line 2): a quote that opens in line 2 is not"
            + " closed",
        "a,1.jpg,12\" wide | row 1 (line 2): it has a quote inside a field that is not in quotes",
        "a,1.jpg, \"x | it has a quote inside a field that is not in quotes",
        "a,1.jpg,\"x\"y | row 1 (line 2): it has text behind the end of a field in quotes",
        "a,1.jpg,x~b,2.jpg,y | row 1 (line 2): it has a carriage return that no line feed follows",
        "a,1.jpg,\"x\"~b,2.jpg,y | it has a carriage return that no line feed follows",
        "a,1.jpg,x0 | row 1 (line 2): it has a zero byte",
      })
  void whatTheRfcDoesNotAllowIsRefusedWithItsPlace(String text, String part) {
    String table =
        "image_id,uri,note\n" + text.replace(';', '\n').replace('~', '\r').replace("x0", "x\0");

    assertThatThrownBy(() -> rows(table, "t.csv"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("t.csv cannot be read as csv: ")
        .hasMessageContaining(part);
  }

  @ParameterizedTest
  @CsvSource({
    "t.csv,ISO-8859-1,row 2 (line 3): byte 0xFC is no UTF-8",
    "t.jsonl,ISO-8859-1,line 3: byte 0xFC is no UTF-8",
    "t.csv,UTF-16,it begins as UTF-16 does",
    "t.jsonl,UTF-16,it begins as UTF-16 does",
    "t.csv,UTF-16LE,its header: it has a zero byte",
  })
  void bytesThatAreNoUtf8AreRefusedWithTheirPlace(String name, String charset, String part) {
    String csv = "image_id,uri,note\na,1.jpg,x\nb,2.jpg,Müller\n";
    String json =
        "\n{\"id\":\"a\",\"url\":\"1.jpg\"}\n{\"id\":\"b\",\"url\":\"2.jpg\",\"by\":\"Müller\"}";
    byte[] text = (name.endsWith("csv") ? csv : json).getBytes(Charset.forName(charset));

    assertThatThrownBy(() -> rows(text, name, TableColumns.KNOWN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(part);
  }

  @Test
  void wholeNumbersOfJsonAreIdsWithAllTheirDigits() throws IOException {
    String large = BigInteger.TWO.pow(200).toString();

    assertThat(
            ids(
                "{\"image_id\":9007199254740993,\"uri\":\"a\"}\n{\"image_id\":%s,\"uri\":\"b\"}\r\n\n"
                        .formatted(large)
                    + "{\"uri\":\"c\",\"image_id\":\"007\",\"more\":{\"image_id\":[1.5]}}",
                "t.jsonl"))
        .containsExactly("9007199254740993", large, "007");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"image_id\":1.0,\"uri\":\"a\"} | its image_id must be a text or a whole number, and is"
            + " 1.0",
        "{\"image_id\":1e3,\"uri\":\"a\"} | its image_id must be a text or a whole number, and is"
            + " 1e3",
        "{\"image_id\":true,\"uri\":\"a\"} | its image_id must be a text or a whole number",
        "{\"image_id\":[1],\"uri\":\"a\"} | its image_id must be a text or a whole number",
        "{\"image_id\":\"x\",\"uri\":7} | its uri must be a text, and is 7",
        "{\"image_id\":\"\\ud800\",\"uri\":\"a\"} | its image_id has half a character",
        "{\"image_id\":1,\"image_id\":2,\"uri\":\"a\"} | it is no JSON object: Duplicate field",
        "{\"image_id\":01,\"uri\":\"a\"} | it is no JSON object",
        "{\"image_id\":1,\"uri\":\"a\"} {} | it has more than one object",
        "\"text\" | it is no JSON object",
        "{\"image_id\":1, | its object does not end there, where each line must be a whole one",
        "[ | it begins a list, where each line must be one object (jq -c '.[]' writes such lines)",
        "{\"key\":1,\"uri\":\"a\"} | its id is in key and its URI in uri, but those before in"
            + " image_id and uri",
      })
  void whatIsNoObjectWithExactIdsIsRefusedWithItsLine(String line, String part) {
    assertThatThrownBy(() -> rows("{\"image_id\":0,\"uri\":\"0\"}\n" + line + "\n", "t.jsonl"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("t.jsonl cannot be read as jsonl: line 2: " + part);
  }

  @Test
  void columnsAreKnownByTheNamesThatPeopleGiveThem() throws IOException {
    assertThat(ids("SAMPLE_ID,URL,TEXT\n7,http://x/a.jpg,hat\n", "t.csv")).containsExactly("7");
    assertThat(ids("file_name,text\nimages/0.jpg,x\n", "t.csv"))
        .as("a folder's file names are its ids")
        .containsExactly("images/0.jpg");
    assertThat(ids("Image_Id,URI\n5,x\n", "t.csv")).containsExactly("5");
    assertThat(ids("id,key,image_id,uri\n1,2,3,x\n", "t.csv"))
        .as("our own name goes before others")
        .containsExactly("3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id,key,uri | several columns that may hold its ids: id, key. Say which with --set"
            + " catalogue.columns.id=NAME",
        "image_id,url,file_name | several columns that may hold its URIs: url, file_name",
        "image_id,URL,url | several columns that may hold its URIs: URL, url",
        "image_id,uri,uri | several columns that may hold its URIs: uri, uri",
        "image_id,uri,version,version | several columns that may hold its versions",
        "name,url | (such as url, if every row has another one), or take the rows' numbers with"
            + " --set catalogue.columns.id=row-number",
        "image_id;uri | it has one column: separate columns with commas",
      })
  void columnsThatLeaveAChoiceAreRefusedWithTheChoice(String header, String part) {
    assertThatThrownBy(() -> rows(header + "\n", "t.csv"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(part);
  }

  @Test
  void settingsNameColumnsAlsoInsideOthers() throws IOException {
    TableColumns nested = new TableColumns("item.sku", "item.picture.path", "seen", "");
    byte[] json =
        "{\"item\":{\"sku\":12,\"picture\":{\"path\":\"a.jpg\"}},\"seen\":1.50}"
            .getBytes(StandardCharsets.UTF_8);
    byte[] csv = "id,uri,item.sku,path\n1,2,3,4\n".getBytes(StandardCharsets.UTF_8);

    assertThat(rows(json, "t.jsonl", nested))
        .singleElement()
        .satisfies(
            row ->
                assertThat(List.of(row.imageId(), row.uri(), row.version()))
                    .containsExactly("12", "a.jpg", "1.50"));
    assertThat(rows(csv, "t.csv", new TableColumns("item.sku", "path", "", "")))
        .singleElement()
        .satisfies(row -> assertThat(row.imageId() + row.uri()).isEqualTo("34"));
    assertThatThrownBy(() -> rows(csv, "t.csv", nested))
        .hasMessageContaining(
            "has no column item.picture.path, which catalogue.columns.uri names; its columns are"
                + " id, uri, item.sku, path");
  }

  @Test
  void aRowsNumberIsItsIdIfASettingSaysSo() throws IOException {
    TableColumns numbered = new TableColumns(TableColumns.ROW_NUMBER, "", "", "");

    assertThat(rows("id,url\n9,a\n9,b\n".getBytes(StandardCharsets.UTF_8), "t.csv", numbered))
        .extracting(TableRow::imageId)
        .containsExactly("t.csv/1", "t.csv/2");
  }

  /** Read whole, a quote that is never closed would take as much memory as its file. */
  @Test
  void aRowHasABound() throws IOException {
    byte[] text = new byte[TableBytes.MAX_ROW + 100];
    Arrays.fill(text, (byte) 'x');
    byte[] head = "image_id,uri\n\"".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(head, 0, text, 0, head.length);

    assertThatThrownBy(() -> rows(text, "t.csv", TableColumns.KNOWN))
        .hasMessageContaining("row 1 (line 2): it has more than 64 MiB: is a quote not closed?");
  }

  @Test
  void aZippedTableThatIsCutShortIsRefused() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      Random random = new Random(SEED);
      out.write("image_id,uri\n".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 20_000; i++) {
        out.write((i + "," + random.nextLong() + ".jpg\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] whole = zipped.toByteArray();

    assertThat(rows(whole, "t.csv.gz", TableColumns.KNOWN)).hasSize(20_000);
    assertThatThrownBy(
            () -> rows(Arrays.copyOf(whole, whole.length / 2), "t.csv.gz", TableColumns.KNOWN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("t.csv.gz cannot be read as csv: row ");
  }
}
