package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/release} makes of a checkout whose build is a stand-in, and that it runs. */
class ReleaseTest {
  private static final String NAME = "remap-index-7.8.9";

  /** Does what the poms say, with a jar that the test has made. */
  private static final String MAVEN =
      """
      set -e
      mkdir -p target jobs/target
      jobs/src/main/build/inputs > target/build-inputs
      cp made.jar jobs/target/remap-index.jar
      ls -d "$PWD"/repository/* | paste -sd: > jobs/target/spark-jars
      jobs/src/main/build/finish target jobs/target
      """;

  /** The last of its arguments is where the manual pages go. */
  private static final String JAVA =
      """
      mkdir -p "${@: -1}/man/man1" && echo page > "${@: -1}/man/man1/remap.1"
      """;

  @TempDir private Path folder;
  private Path home;

  @BeforeEach
  void makeACheckout() throws IOException {
    home = folder.resolve("a checkout");
    Script.copy(
        home,
        "bin/remap",
        "bin/home.sh",
        "bin/class-archive",
        "bin/convert-truth",
        "bin/bootstrap.sh",
        "bin/release",
        "bin/test",
        "bin/kill-drill",
        "bin/export-backbone",
        "bin/backbone_vit.py",
        "bin/fetch-demo-photographs",
        "jobs/src/main/build/inputs",
        "jobs/src/main/build/finish",
        "conf/remap.conf",
        "conf/cluster/yarn-cpu.conf",
        "conf/discover-gpus",
        "docs/cluster.md");
    for (String name :
        List.of(
            "core/pom.xml",
            "index/pom.xml",
            "jobs/pom.xml",
            "core/src/main/java/A.java",
            "index/src/main/a.cpp",
            ".mvn/maven.config",
            "LICENSE",
            "NOTICE",
            "README.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "conf/.remap.conf.swp",
            "repository/spark-core_2.13-1.jar")) {
      write(name, name);
    }
    write("pom.xml", "<project>\n  <version>7.8.9</version>\n  <version>1</version>\n</project>");
    jar("META-INF/LICENSE", "META-INF/NOTICE", "jnilib/linux-x86_64/a.so");
    Script.write(folder.resolve("bin/mvn"), MAVEN);
    Script.write(folder.resolve("bin/java"), JAVA);
  }

  private void write(String name, String text) {
    Script.write(home.resolve(name), text, "rw-r--r--");
  }

  private void jar(String... entries) throws IOException {
    try (ZipOutputStream jar =
        new ZipOutputStream(Files.newOutputStream(home.resolve("made.jar")))) {
      for (String entry : entries) {
        jar.putNextEntry(new ZipEntry(entry));
      }
    }
  }

  private Script.Ran release() {
    return Script.run(
        folder,
        Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH")),
        List.of("bash", "-c", "umask 077; exec \"$0\"", home.resolve("bin/release").toString()));
  }

  private Path archive(String suffix) {
    return home.resolve("target/" + NAME + suffix + ".tar.gz");
  }

  private Path unpacked() {
    assertThat(release().status()).isZero();
    for (String suffix : List.of("", "-spark")) {
      Script.Ran ran =
          Script.run(folder, Map.of(), List.of("tar", "-xzf", archive(suffix).toString()));
      assertThat(ran.status()).as(ran.said()).isZero();
    }
    return folder.resolve(NAME);
  }

  @Test
  void itHoldsWhatUsersNeedAndEverybodyMayReadIt() throws IOException {
    Path unpacked = unpacked();

    try (Stream<Path> files = Files.walk(unpacked)) {
      assertThat(files.filter(Files::isRegularFile).map(unpacked::relativize).map(Path::toString))
          .containsExactlyInAnyOrder(
              "CHANGELOG.md",
              "CONTRIBUTING.md",
              "LICENSE",
              "NOTICE",
              "README.md",
              "bin/backbone_vit.py",
              "bin/class-archive",
              "bin/convert-truth",
              "bin/export-backbone",
              "bin/fetch-demo-photographs",
              "bin/home.sh",
              "bin/remap",
              "conf/cluster/yarn-cpu.conf",
              "conf/discover-gpus",
              "conf/remap.conf",
              "docs/cluster.md",
              "lib/remap-index.inputs",
              "lib/remap-index.jar",
              "lib/spark/jars/spark-core_2.13-1.jar",
              "share/man/man1/remap.1");
    }
    Script.Ran listed =
        Script.run(folder, Map.of(), List.of("tar", "-tvzf", archive("").toString()));
    assertThat(listed.said().lines())
        .allMatch(line -> line.matches("(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) 0/0 .* 2026-01-01 .*"));
  }

  @Test
  void ofTheSameSourcesItIsTheSameBytes() throws IOException {
    release();
    List<String> before = digests();
    Files.setLastModifiedTime(home.resolve("docs/cluster.md"), FileTime.fromMillis(0));
    Files.delete(home.resolve("jobs/target/remap-index.inputs"));
    release();

    assertThat(digests()).isEqualTo(before);
    try (Stream<Path> left = Files.list(home.resolve("target"))) {
      assertThat(left).containsExactlyInAnyOrder(archive(""), archive("-spark"));
    }
  }

  private List<String> digests() throws IOException {
    return List.of(
        Sha256.hex(Files.readAllBytes(archive(""))),
        Sha256.hex(Files.readAllBytes(archive("-spark"))));
  }

  /** Without Maven, a compiler, apt or a folder that it may write into. */
  @Test
  void itRunsReadOnlyWithNothingButAJava() {
    Path unpacked = unpacked();
    Path tools = folder.resolve("tools");
    Script.write(tools.resolve("java"), "echo \"$PWD $@\"\n");
    String commands =
        "for tool in bash dirname readlink awk basename; do printf '#!/bin/sh\\n"
            + "exec %s \"$@\"\\n"
            + "' \"$(command -v $tool)\" > \"$0/$tool\"; done; chmod +x \"$0\"/*; chmod -R a-w"
            + " \"$1\"";
    Script.run(
        folder, Map.of(), List.of("bash", "-c", commands, tools.toString(), unpacked.toString()));

    Script.Ran ran =
        Script.run(
            tools,
            Map.of("PATH", tools.toString(), "JAVA_HOME", ""),
            List.of(unpacked.resolve("bin/remap").toString(), "status"));

    Script.run(folder, Map.of(), List.of("chmod", "-R", "u+w", unpacked.toString()));
    assertThat(ran.status()).as(ran.said()).isZero();
    assertThat(ran.said())
        .startsWith(tools + " ")
        .contains("lib/remap-index.jar --driver-memory ")
        .endsWith(" -- status\n");
  }

  @Test
  void aJarWithNativesOfOtherPlatformsOrWithoutLicencesIsNone() throws IOException {
    jar("META-INF/LICENSE", "META-INF/NOTICE", "com/sun/jna/linux-aarch64/a.so");
    Script.Ran foreign = release();
    assertThat(foreign.status()).isEqualTo(1);
    assertThat(foreign.said()).contains("of other platforms", "com/sun/jna/linux-aarch64/a.so");

    jar("META-INF/LICENSE");
    write("NOTICE", "another");
    Script.Ran bare = release();
    assertThat(bare.status()).isEqualTo(1);
    assertThat(bare.said()).contains("lacks META-INF/LICENSE or META-INF/NOTICE");
    assertThat(archive("")).doesNotExist();
  }
}
