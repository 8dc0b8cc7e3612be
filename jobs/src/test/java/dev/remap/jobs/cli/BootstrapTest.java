package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a checkout is built, and what becomes of the Spark of the build before. */
class BootstrapTest {
  private static final List<String> SOURCES =
      List.of("pom.xml", "core/pom.xml", "index/pom.xml", "jobs/pom.xml", "conf/remap.conf");

  /** Does what the poms say, with an archive that is the sources' digest. */
  private static final String MAVEN =
      """
      set -e
      echo built >> builds
      mkdir -p target jobs/target
      jobs/src/main/build/inputs > target/build-inputs
      rm -f jobs/target/remap-index.inputs
      cp target/build-inputs jobs/target/remap-index.jar
      ls -d "$PWD"/repository/* | paste -sd: > jobs/target/spark-jars
      jobs/src/main/build/finish target jobs/target
      """;

  @TempDir private Path folder;
  private Path home;

  @BeforeEach
  void makeACheckout() throws IOException {
    home = folder.resolve("a checkout");
    Script.copy(
        home,
        "bin/home.sh",
        "bin/bootstrap.sh",
        "jobs/src/main/build/inputs",
        "jobs/src/main/build/finish");
    for (String source : SOURCES) {
      write(source, source);
    }
    write(".mvn/maven.config", "--batch-mode");
    write("LICENSE", "free");
    write("NOTICE", "of others");
    write("core/src/main/java/A.java", "class A {}");
    write("index/src/main/cpp/a.cpp", "int a;");
    write("repository/spark-1.jar", "one");
    Script.write(folder.resolve("bin/mvn"), MAVEN);
    Script.write(
        home.resolve("bin/class-archive"), "echo made >> \"${0%/bin/*}/archives\"; exit 1\n");
  }

  private void write(String name, String text) {
    Script.write(home.resolve(name), text, "rw-r--r--");
  }

  /** Builds if that is needed; the folder of the Spark to run on. */
  private String bootstrap(Path checkout) {
    Script.Ran ran =
        Script.run(
            folder,
            Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH")),
            List.of(
                "bash",
                "-euo",
                "pipefail",
                "-c",
                ". \"$1\"; bootstrap_build 2> /dev/null; echo \"$REMAP_EMBEDDED_SPARK\"",
                "bash",
                checkout.resolve("bin/bootstrap.sh").toString()));
    assertThat(ran.status()).as(ran.said()).isZero();
    return ran.said().strip();
  }

  private static long builds(Path checkout) throws IOException {
    return Files.readAllLines(checkout.resolve("builds")).size();
  }

  @Test
  void howToTestIsToldWithoutInstallingOrBuilding() throws IOException {
    Script.copy(home, "bin/test");

    Script.Ran ran =
        Script.run(folder, Map.of(), List.of(home.resolve("bin/test").toString(), "--help"));

    assertThat(ran.status()).isZero();
    assertThat(ran.said()).startsWith("Usage: bin/test ").contains("-Dtest=", "Exit status: ");
    assertThat(home.resolve("builds")).doesNotExist();
  }

  @Test
  void timesDoNotDecideWhatIsBuilt() throws IOException {
    bootstrap(home);
    FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 3_600_000);
    Files.setLastModifiedTime(home.resolve("conf/remap.conf"), later);
    bootstrap(home);
    assertThat(builds(home)).isEqualTo(1);
    assertThat(home.resolve("archives")).as("it failed, and all works without").hasContent("made");

    Path copy = folder.resolve("copy");
    Script.run(folder, Map.of(), List.of("cp", "-r", home.toString(), copy.toString()));
    assertThat(bootstrap(copy)).startsWith(copy.toString());
    assertThat(builds(copy)).isEqualTo(1);
  }

  @Test
  void anotherContentOrNameIsBuiltOnce() throws IOException {
    bootstrap(home);
    long builds = 1;
    for (String name : List.of("core/src/main/java/A.java", "index/pom.xml", "conf/remap.conf")) {
      FileTime time = Files.getLastModifiedTime(home.resolve(name));
      write(name, "changed");
      Files.setLastModifiedTime(home.resolve(name), time);
      bootstrap(home);
      bootstrap(home);
      assertThat(builds(home)).as(name).isEqualTo(++builds);
    }
    Files.move(home.resolve("index/src/main/cpp/a.cpp"), home.resolve("index/src/main/cpp/b.cpp"));
    bootstrap(home);
    assertThat(builds(home)).isEqualTo(++builds);

    write("core/src/main/java/.A.java.swp", "an editor's");
    write("core/src/test/java/ATest.java", "class ATest {}");
    write("README.md", "read me");
    bootstrap(home);
    assertThat(builds(home)).isEqualTo(builds);
  }

  /** Whatever is changed while Maven runs is not in the jar. */
  @Test
  void aSourceThatChangesDuringABuildIsBuiltAgain() throws IOException {
    Script.write(
        folder.resolve("bin/mvn"),
        MAVEN.replace(
            "ls -d", "[ -e late ] || echo later > core/src/main/java/A.java; touch late\nls -d"));
    bootstrap(home);
    bootstrap(home);
    bootstrap(home);

    assertThat(builds(home)).isEqualTo(2);
  }

  /** Also where an earlier build has left a jar, of which a command could make something. */
  @Test
  void aBuildThatFailsIsSaidAndNothingIsRun() throws IOException {
    bootstrap(home);
    Files.delete(home.resolve("archives"));
    write("core/src/main/java/A.java", "class B {}");
    Script.write(folder.resolve("bin/mvn"), "echo '[ERROR] A.java: class B' && exit 1");

    Script.Ran ran =
        Script.run(
            folder,
            Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH")),
            List.of(
                "bash",
                "-euo",
                "pipefail",
                "-c",
                ". \"$1\"; bootstrap_build; echo goes on",
                "bash",
                home.resolve("bin/bootstrap.sh").toString()));

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.said())
        .endsWith("[ERROR] A.java: class B\nremap: the build failed; see the messages above.\n");
    assertThat(home.resolve("archives")).doesNotExist();
  }

  @Test
  void aSparkThatMayBeAtWorkStaysAsItIs() throws IOException {
    String before = bootstrap(home);
    Files.move(home.resolve("repository/spark-1.jar"), home.resolve("repository/spark-2.jar"));
    write("pom.xml", "spark 2");

    String after = bootstrap(home);

    assertThat(jars(before)).containsExactly("spark-1.jar");
    assertThat(jars(after)).containsExactly("spark-2.jar");
    assertThat(home.resolve("jobs/target/spark").toRealPath()).hasToString(after);

    write("core/pom.xml", "the same jars");
    Object file = Files.getAttribute(Path.of(after, "jars/spark-2.jar"), "unix:ino");
    assertThat(bootstrap(home)).isEqualTo(after);
    assertThat(Files.getAttribute(Path.of(after, "jars/spark-2.jar"), "unix:ino")).isEqualTo(file);
  }

  @Test
  void aFolderThatAnEarlierBuildMadeIsKeptOrSetAside() throws IOException {
    write("jobs/target/spark/jars/spark-1.jar", "one");
    assertThat(bootstrap(home)).isEqualTo(home.resolve("jobs/target/spark").toString());

    Files.move(home.resolve("repository/spark-1.jar"), home.resolve("repository/spark-2.jar"));
    write("pom.xml", "spark 2");
    assertThat(jars(bootstrap(home))).containsExactly("spark-2.jar");
    try (Stream<Path> folders = Files.list(home.resolve("jobs/target"))) {
      assertThat(folders.map(path -> path.getFileName().toString()))
          .filteredOn(name -> name.startsWith("spark-before."))
          .hasSize(1);
    }
  }

  private static List<String> jars(String spark) throws IOException {
    try (Stream<Path> jars = Files.list(Path.of(spark, "jars"))) {
      return jars.map(jar -> jar.getFileName().toString()).sorted().toList();
    }
  }
}
