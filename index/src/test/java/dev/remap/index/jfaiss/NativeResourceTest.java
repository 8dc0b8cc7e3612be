package dev.remap.index.jfaiss;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeResourceTest {
  private final NativeResource library = NativeResource.forThisPlatform();
  @TempDir private Path temporary;

  @Test
  void extractsIntoAFolderOfThisUserAlone() throws IOException {
    Path folder = temporary.resolve("a").resolve("b");

    Path file = library.extractTo(folder);

    assertThat(FileHash.of(file)).isEqualTo(library.sha256());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    assertThat(names(folder)).containsExactly("libjfaiss.so");
  }

  @Test
  void leavesAGoodFileAlone() throws IOException {
    Path file = library.extractTo(temporary.resolve("lib"));
    Object before = Files.getAttribute(file, "unix:ino");

    library.extractTo(temporary.resolve("lib"));

    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(before);
  }

  @Test
  void replacesAFileWithOneFlippedByte() throws IOException {
    Path file = library.extractTo(temporary.resolve("lib"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    library.extractTo(temporary.resolve("lib"));

    assertThat(FileHash.of(file)).isEqualTo(library.sha256());
  }

  @Test
  void replacesAHalfWrittenFileAndALink() throws IOException {
    Path file = library.extractTo(temporary.resolve("lib"));
    Path elsewhere = temporary.resolve("elsewhere.so");
    Files.move(file, elsewhere);
    Files.write(file, new byte[1000]);
    library.extractTo(temporary.resolve("lib"));
    assertThat(FileHash.of(file)).isEqualTo(library.sha256());

    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);
    library.extractTo(temporary.resolve("lib"));
    assertThat(Files.isSymbolicLink(file)).isFalse();
  }

  @Test
  void refusesAFolderThatOthersCanWrite() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> library.extractTo(folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rwxrwxrwx")
        .hasMessageContaining("remap.native.dir");
    assertThat(names(folder)).isEmpty();
  }

  @Test
  void saysWhatToDoWhereItCannotWrite() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> library.extractTo(file.resolve("lib")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("remap.native.dir");
  }

  @Test
  void severalProcessesExtractAndLoadAtOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xshare:auto",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "-Dremap.native.dir=" + temporary,
                  LoadsTheLibrary.class.getName())
              .redirectErrorStream(true)
              .start());
    }
    for (Process process : processes) {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output.strip()).isIn("avx512bf16", "avx512", "avx2", "portable");
    }
    try (var folders = Files.list(temporary)) {
      assertThat(folders)
          .singleElement()
          .satisfies(folder -> assertThat(names(folder)).containsExactly("libjfaiss.so"));
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** The other process. */
  static final class LoadsTheLibrary {
    private LoadsTheLibrary() {}

    public static void main(String[] args) {
      System.out.println(NativeLibrary.instructionSet());
    }
  }
}
