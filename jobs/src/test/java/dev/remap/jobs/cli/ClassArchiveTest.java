package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/class-archive} leaves beside the jar, by a Java that is a stand-in. */
class ClassArchiveTest {
  private static final String MADE = "remap-index-0123456789abcdef.jsa";

  /** Makes what it is told to make. */
  private static final String JAVA =
      """
      for argument; do
        case $argument in -XX:ArchiveClassesAtExit=*) echo classes > "${argument#*=}" ;; esac
      done
      echo "$JAVA_TOOL_OPTIONS $*" >> "$(dirname "$0")/calls"
      """;

  @TempDir private Path folder;
  private Path home;
  private Path java;

  @BeforeEach
  void unpack() {
    home = folder.resolve("a release");
    java = folder.resolve("java");
    Script.copy(home, "bin/remap", "bin/home.sh", "bin/class-archive");
    Script.write(home.resolve("lib/remap-index.jar"), "", "rw-r--r--");
    Script.write(home.resolve("lib/remap-index.inputs"), "0123456789abcdef01\n", "rw-r--r--");
    Script.write(home.resolve("lib/spark/jars/spark-core_2.13-1.jar"), "", "rw-r--r--");
    Script.write(java.resolve("bin/java"), JAVA);
  }

  private Script.Ran make(String... options) {
    List<String> line = new ArrayList<>(List.of(home.resolve("bin/class-archive").toString()));
    line.addAll(List.of(options));
    Map<String, String> variables =
        Map.of(
            "JAVA_HOME",
            java.toString(),
            "SPARK_HOME",
            "/else",
            "PATH",
            folder.resolve("bin") + ":" + System.getenv("PATH"));
    return Script.run(folder, variables, line);
  }

  private List<String> lib() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("lib"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anArchiveOfThisBuildTakesThePlaceOfAnother() throws IOException {
    Script.write(home.resolve("lib/remap-index-aaaaaaaaaaaaaaaa.jsa"), "old", "r--r--r--");

    assertThat(make()).isEqualTo(new Script.Ran(0, ""));

    assertThat(lib()).containsExactly(MADE, "remap-index.inputs", "remap-index.jar", "spark");
    List<String> calls = Files.readAllLines(java.resolve("bin/calls"));
    assertThat(calls).hasSize(3);
    assertThat(calls).allSatisfy(call -> assertThat(call).contains("tmpdir='" + home + "/lib/."));
    assertThat(calls.get(1)).contains("--master local[*]", "--store file:" + home + "/lib/.");
    assertThat(calls.get(2)).contains("-Xshare:on -XX:SharedArchiveFile=", "--version");
  }

  @Test
  void aFailureIsASentenceAndLeavesNothing() throws IOException {
    for (String failing : List.of("echo 'remap: no room' && exit 1", "exit 0")) {
      Script.write(java.resolve("bin/java"), failing);
      Script.write(home.resolve("lib").resolve(MADE), "stale", "r--r--r--");

      Script.Ran ran = make();

      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.said())
          .endsWith(
              "remap: no archive of classes was made; all works without, and starts slower\n");
      assertThat(lib()).containsExactly("remap-index.inputs", "remap-index.jar", "spark");
    }
  }

  @Test
  void aDiskWithoutSpaceIsSaidToBeFull() {
    for (String full : List.of("write to shared archive file", "write: No space left on device")) {
      Script.write(java.resolve("bin/java"), "echo 'Unable to " + full + "'; exit 1");
      assertThat(make().said())
          .endsWith(
              "no space left in "
                  + home
                  + "/lib: it takes 300 MB while it is made;"
                  + " all works without, and starts slower\n");
    }
    Script.write(java.resolve("bin/java"), "exit 1");
    Script.write(folder.resolve("bin/df"), "printf 'a b c Available\\n/ 9 7 2000 x\\n'");
    assertThat(make().said()).contains("no space left in " + home + "/lib");
  }

  /** While it draws, and while a night runs; what it started is ended with it. */
  @Test
  void aSignalLeavesNothing() throws IOException {
    for (String drawing : List.of("", "case $* in *DrawnPictures*) exit ;; esac\n")) {
      Script.write(
          java.resolve("bin/java"),
          drawing + "echo $$ > \"$(dirname \"$0\")/pid\"\n" + "kill -TERM $PPID\n" + "sleep 60\n");

      Script.Ran ran = make();

      assertThat(ran)
          .isEqualTo(new Script.Ran(143, "remap: interrupted; no archive of classes was made\n"));
      assertThat(lib()).containsExactly("remap-index.inputs", "remap-index.jar", "spark");
      long pid = Long.parseLong(Files.readString(java.resolve("bin/pid")).strip());
      assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }
  }

  @Test
  void itExplainsItselfAndRefusesTheRest() throws IOException {
    assertThat(make("--help").said()).startsWith("Usage: bin/class-archive\n");
    assertThat(make("--nope").status()).isEqualTo(2);
    Files.delete(home.resolve("lib/remap-index.jar"));
    assertThat(make().said()).startsWith("remap: there is no ");
  }
}
