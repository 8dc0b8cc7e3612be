package dev.remap.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.NativesStart;
import dev.remap.jobs.store.Jvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors on one host unpack their natives into the same folders. */
class NativesTest {
  private static final int PROCESSES = 3;

  @TempDir private Path folder;

  @Test
  void processesThatUnpackIntoOneEmptyFolderAtOnceAllStartAndLeaveOneCopy() throws Exception {
    assertAllLoad(PROCESSES);
    assertThat(files("home/pytorch")).as("one copy of libtorch").hasSize(1);
    assertAllLoad(1);
    assertThat(files("tmp")).filteredOn(name -> !name.startsWith("hsperf")).hasSize(1);
    assertThat(files("home/pytorch/" + files("home/pytorch").get(0)))
        .noneMatch(name -> name.contains("tmp"));
  }

  @Test
  void whatAKilledExecutorLeftHalfUnpackedStopsNoLaterOneAndIsRemoved() throws Exception {
    Path halves = Files.createDirectories(folder.resolve("home/pytorch/tmp42"));
    Files.write(halves.resolve("libtorch_cpu.so"), new byte[1000]);
    assertAllLoad(1);
    assertThat(halves).doesNotExist();
  }

  private void assertAllLoad(int count) throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      processes.add(
          Jvm.start(
              NativesStart.class,
              List.of(
                  "-Duser.home=" + home,
                  "-DENGINE_CACHE_DIR=" + home,
                  "-Djava.io.tmpdir=" + temporary)));
    }
    for (Process process : processes) {
      try (OutputStream go = process.getOutputStream()) {
        go.write('!');
      }
    }
    for (Process process : processes) {
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor()).as("exit status").isZero();
      assertThat(said).endsWith(NativesStart.LOADED);
    }
  }

  private List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(f -> !f.equals("lock"))
          .toList();
    }
  }
}
