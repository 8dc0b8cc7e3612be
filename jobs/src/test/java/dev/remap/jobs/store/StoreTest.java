package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
  @TempDir private Path folder;
  private final Configuration conf = new Configuration();
  private Store store;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.resolve("store").toString(), conf);
  }

  @Test
  void holdsAWholeStoreOnALocalDisk() {
    StoreChecks.holdsAStore(folder.resolve("checks").toString(), conf);
  }

  @Test
  void writesItsSchemaVersionAsTheGoldenFileHasIt() throws IOException {
    assertThat(Files.readString(folder.resolve("store/store.json")))
        .isEqualTo(Golden.text("store"));
  }

  @Test
  void leavesNoSideFilesOnALocalDisk() throws IOException {
    try (StoreOutput out = store.write("a/b")) {
      out.write(1);
      out.finish();
    }
    store.create("c", bytes("c"));

    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("store.json", "b", "c");
    }
  }

  @Test
  void takesARelativeRootBelowTheWorkingFolder() {
    String relative = Path.of("").toAbsolutePath().relativize(folder).resolve("store").toString();

    assertThat(Store.open(relative, conf).root()).isEqualTo(store.root());
  }

  @Test
  void saysThatThereIsNoStoreWhenItOnlyOpens() {
    assertThatThrownBy(() -> Store.open(folder.resolve("nothing").toString(), conf))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("There is no store at")
        .hasMessageContaining("nothing");
  }

  @Test
  void refusesAnotherSchemaVersionNamingBoth() throws IOException {
    Files.writeString(
        folder.resolve("store/store.json"), "{\"schema-version\": 7, \"kind\": \"remap-store\"}");

    assertThatThrownBy(() -> Store.openOrCreate(store.root(), conf))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("store.json")
        .hasMessageContaining("version 7")
        .hasMessageContaining("version 1");
  }

  @Test
  void refusesAFolderWhoseMarkIsOfSomethingElse() throws IOException {
    Files.writeString(
        folder.resolve("store/store.json"), "{\"schema-version\": 1, \"kind\": \"shop\"}");

    assertThatThrownBy(() -> Store.open(store.root(), conf))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("kind")
        .hasMessageContaining("shop");
  }

  @ParameterizedTest
  @ValueSource(strings = {"viewfs://cluster/store", "har:///store"})
  void refusesFileSystemsThatCannotCreateOnce(String root) {
    assertThatThrownBy(() -> Store.openOrCreate(root, conf)).isInstanceOf(StoreException.class);
  }

  @Test
  void namesTheSchemesThatItKnowsWhenItRefusesOne() {
    conf.set("fs.other.impl", OtherFileSystem.class.getName());

    assertThatThrownBy(() -> Store.openOrCreate("other://host/store", conf))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("other://host/store")
        .hasMessageContaining("only file:, hdfs: and s3a:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..", "../x", "a/../../x", "a/./b", "/etc/passwd", "a//b", "a/", "", "file:/etc/passwd",
        "s3a://bucket/x", "a\\b", "a b", ".hidden", "a/.hidden", "_x", "a%2e%2e", "ä", "a\nb"
      })
  void refusesPathsThatMightLeaveTheRoot(String path) {
    assertThatThrownBy(() -> store.read(path, 100)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.create(path, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FileRef(path, 1, Sha256.hex(bytes("x"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listsSortedNamesWithoutHiddenOnes() throws IOException {
    store.create("f/b", bytes("b"));
    store.create("f/a", bytes("a"));
    Files.writeString(folder.resolve("store/f/.a.tmp"), "half");

    assertThat(store.list("f")).isEqualTo(List.of("a", "b"));
  }

  @Test
  void returnsVerifiedBytes() {
    FileRef ref = kept("content");

    assertThat(store.readVerified(ref)).isEqualTo(bytes("content"));
    store.verify(ref);
  }

  @Test
  void namesFileExpectedAndFoundWhenTheContentDiffers() throws IOException {
    FileRef ref = kept("content");
    Files.writeString(folder.resolve("store/kept"), "c0ntent");

    for (Runnable read : reads(ref)) {
      assertThatThrownBy(read::run)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("store/kept")
          .hasMessageContaining(ref.sha256())
          .hasMessageContaining(Sha256.hex(bytes("c0ntent")));
    }
    assertThat(folder.resolve("copy")).doesNotExist();
  }

  @Test
  void namesFileExpectedAndFoundWhenTheLengthDiffers() throws IOException {
    FileRef ref = kept("content");
    Files.writeString(folder.resolve("store/kept"), "conten");

    for (Runnable read : reads(ref)) {
      assertThatThrownBy(read::run)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("store/kept is damaged")
          .hasMessageContaining("6 bytes, recorded were 7");
    }
  }

  @Test
  void neverAllocatesWhatARecordClaims() {
    kept("content");
    FileRef claim = new FileRef("kept", 1L << 40, Sha256.hex(bytes("content")));

    assertThatThrownBy(() -> store.readVerified(claim))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("7 bytes");
  }

  @Test
  void saysThatARecordedFileIsGone() throws IOException {
    FileRef ref = kept("content");
    Files.delete(folder.resolve("store/kept"));

    assertThatThrownBy(() -> store.readVerified(ref))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void refusesASmallFileThatIsFarTooLarge() {
    store.create("big", new byte[1001]);

    assertThatThrownBy(() -> store.read("big", 1000))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("1001 bytes");
  }

  @Test
  void copiesVerifiedFilesToThisMachine() throws IOException {
    FileRef ref = kept("content");

    store.copyVerified(ref, folder.resolve("copy"));

    assertThat(Files.readString(folder.resolve("copy"))).isEqualTo("content");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void saysThatTheDiskFailsWhenItFailsWhileReading() throws IOException {
    // Has no length, and every read of its beginning is an input/output error.
    Files.createSymbolicLink(folder.resolve("store/broken"), Path.of("/proc/self/mem"));
    FileRef ref = new FileRef("broken", 0, Sha256.hex(new byte[0]));

    for (Runnable read :
        List.<Runnable>of(
            () -> store.verify(ref), () -> store.copyVerified(ref, folder.resolve("copy")))) {
      assertThatThrownBy(read::run)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("store/broken")
          .hasMessageContaining("Input/output error");
    }
    Files.delete(folder.resolve("store/broken"));
  }

  @Test
  void saysThatTheDiskFailsWhenItFailsWhileWritingAndLeavesNothing() throws Exception {
    Process process = Jvm.startLimited(200, BigWriter.class, store.root());
    String said;
    try (InputStream out = process.getInputStream()) {
      said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said)
        .contains("Could not write")
        .contains("store/big/object: File too large")
        .contains("Could not create")
        .contains("store/big/created: File too large");
    assertThat(store.list("big")).isEmpty();
    try (Stream<Path> files = Files.list(folder.resolve("store/big"))) {
      assertThat(files).isEmpty();
    }
  }

  /** Writes more than the process may, and says what it hears. */
  static final class BigWriter {
    private BigWriter() {}

    public static void main(String[] arguments) {
      Store store = Store.open(arguments[0], new Configuration());
      byte[] bytes = new byte[1 << 20];
      try (StoreOutput out = store.write("big/object")) {
        out.write(bytes, 0, bytes.length);
        out.finish();
      } catch (StoreException e) {
        System.out.println(e.getMessage());
      }
      try {
        store.create("big/created", bytes);
      } catch (StoreException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private List<Runnable> reads(FileRef ref) {
    return List.of(
        () -> store.readVerified(ref),
        () -> store.verify(ref),
        () -> store.copyVerified(ref, folder.resolve("copy")));
  }

  private FileRef kept(String text) {
    store.create("kept", bytes(text));
    return new FileRef("kept", text.length(), Sha256.hex(bytes(text)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Can do anything, but under a scheme that nobody has tried. */
  public static final class OtherFileSystem extends org.apache.hadoop.fs.RawLocalFileSystem {
    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("other://host");
    }

    @Override
    protected void checkPath(org.apache.hadoop.fs.Path path) {}
  }
}
