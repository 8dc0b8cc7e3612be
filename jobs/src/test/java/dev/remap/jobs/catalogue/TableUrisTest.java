package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableUrisTest {
  private static final String PLACE = "/t/images.csv, row 3";

  private static String resolved(String folder, String uri) {
    return new TableUris(folder).resolved(uri, PLACE, new Configuration());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "x.jpg | /t/x.jpg",
        "a/x.jpg | /t/a/x.jpg",
        "./a/./x.jpg | /t/a/x.jpg",
        "../p/x.jpg | /p/x.jpg",
        "a//x.jpg | /t/a/x.jpg",
        "10:30.jpg | /t/10:30.jpg",
        "a:b.jpg | /t/a:b.jpg",
        "Trip: day/1.jpg | /t/Trip: day/1.jpg",
        "a#b?c%20.jpg | /t/a#b?c%20.jpg",
        "~x.jpg | /t/~x.jpg",
        "./~/x.jpg | /t/~/x.jpg",
        "a\\b.jpg | /t/a\\b.jpg",
        "[a]*.jpg | /t/[a]*.jpg",
        "/abs/x.jpg | /abs/x.jpg",
        "/abs/../x.jpg | /x.jpg",
        "file:/abs/x.jpg | file:/abs/x.jpg",
        "file:///abs/x.jpg | file:///abs/x.jpg",
        "file:///abs/../x.jpg | file:/x.jpg",
        "file://localhost/abs/x.jpg | file:/abs/x.jpg",
        "FILE:/abs/x.jpg | FILE:/abs/x.jpg",
        "hdfs://nn:8020/x.jpg | hdfs://nn:8020/x.jpg",
        "s3a://b/x.jpg | s3a://b/x.jpg",
        "s3://b/x y.jpg | s3a://b/x y.jpg",
        "S3N://b/x.jpg | s3a://b/x.jpg",
        "https://host/x.jpg?id=7#a | https://host/x.jpg?id=7#a",
        "HTTP://host/x.jpg | http://host/x.jpg",
        // A key may have such a step; reading it is refused, as Hadoop would take it out.
        "s3://b/../y.jpg | s3a://b/../y.jpg",
      })
  void aUriMeansTheSameWhereverACommandRuns(String uri, String wanted) {
    assertThat(resolved("/t", uri)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource({
    "s3a://b/t, x.jpg, s3a://b/t/x.jpg",
    "s3a://b/, x.jpg, s3a://b/x.jpg",
    "s3a://b/t, ../x:1.jpg, s3a://b/x:1.jpg",
    "hdfs://nn:8020/t, a//x.jpg, hdfs://nn:8020/t/a/x.jpg",
    "file:/, x.jpg, file:/x.jpg",
  })
  void aRelativeUriStaysOnTheTablesFilesystem(String folder, String uri, String wanted) {
    assertThat(resolved(folder, uri)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "C:\\Photos\\x.jpg | is a path of Windows",
        "c:/Photos/x.jpg | is a path of Windows",
        "\\\\server\\share\\x.jpg | is a path of Windows",
        "file:///C:/Photos/x.jpg | is a path of Windows",
        "~/x.jpg | begins with ~, which only a shell knows",
        "~anna/x.jpg | begins with ~",
        "//host/x.jpg | begins with two slashes",
        "file:x.jpg | has a relative path behind file:",
        "file://host/x.jpg | names a host",
        "file://x.jpg | names a host",
        "../../x.jpg | leads above the root",
        "hdfs:///x.jpg | has no host",
        "s3:x.jpg | has no bucket",
        "s3a:///x.jpg | has no bucket",
        "http: | has no host",
        "https:///x.jpg | has no host",
        "data:image/png;base64,iVBORw0KGgo= | has an image in it",
        "gs://b/x.jpg | bring com.google.cloud.bigdataoss:gcs-connector (spark.jars.packages)",
        "abfs://c@a.dfs.core.windows.net/x.jpg | bring org.apache.hadoop:hadoop-azure",
        "foo://x/y.jpg | names a filesystem (foo:) that is not on the class path",
      })
  void aUriThatNothingHereReadsIsRefusedWithItsPlace(String uri, String part) {
    assertThatThrownBy(() -> resolved("/t", uri))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("The URI at " + PLACE + " ")
        .hasMessageContaining(part);
  }

  @Test
  void urisWithAnOldNameOfS3AreCounted() {
    LeftOut counts = new LeftOut();
    for (String uri : List.of("s3://b/x.jpg", "S3N://b/x.jpg", "s3a://b/x.jpg", "s3/x.jpg")) {
      TableUris.count(uri, counts);
    }

    assertThat(new LeftOut().add(counts).takenAsS3a()).isEqualTo(2);
    assertThat(counts.isEmpty()).as("nothing is left out").isTrue();
  }

  @Test
  void aFilesystemThatWasBroughtIsTaken() {
    Configuration conf = new Configuration();
    conf.set("fs.foo.impl", "org.apache.hadoop.fs.RawLocalFileSystem");

    assertThat(new TableUris("/t").resolved("foo://x/y.jpg", PLACE, conf))
        .isEqualTo("foo://x/y.jpg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://host/x.jpg?access_token=SECRET",
        "https://user:SECRET@host/x.jpg",
        "https://host/x.jpg#access_token=SECRET",
        "https://host/x;jsessionid=SECRET",
        "x.jpg?sig=SECRET",
        "//SECRET:SECRET@host/x.jpg",
        "data:text/plain;token=SECRET",
      })
  void aUriWithASecretIsRefusedWithItsPlaceAndNotRepeated(String uri) {
    assertThatThrownBy(() -> resolved("/t", uri))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("The row at " + PLACE + " has a password in its URI")
        .hasMessageNotContaining("SECRET");
    assertThatThrownBy(() -> TableUris.refuseSecrets(PLACE, "https://h/?token=SECRET", null, null))
        .isInstanceOf(InputException.class)
        .hasMessageNotContaining("SECRET");
  }

  @Test
  void aDefaultFilesystemNeedsNoHost() {
    Configuration conf = new Configuration();
    conf.set("fs.defaultFS", "hdfs://nn:8020");

    assertThat(new TableUris("/t").resolved("hdfs:///x.jpg", PLACE, conf))
        .isEqualTo("hdfs:///x.jpg");
  }

  @Test
  void theTablesFolderIsAbsolute() throws IOException {
    Configuration conf = new Configuration();
    Path here = Path.of("").toAbsolutePath();

    assertThat(TableUris.of("t.csv", conf).folder()).isEqualTo(here.toString());
    assertThat(TableUris.of("sub/*.csv", conf).folder()).isEqualTo(here + "/sub");
    assertThat(TableUris.of("/a/t.csv", conf).folder()).isEqualTo("/a");
    assertThat(TableUris.of("file:/a/t.csv", conf).folder()).isEqualTo("file:/a");
  }
}
