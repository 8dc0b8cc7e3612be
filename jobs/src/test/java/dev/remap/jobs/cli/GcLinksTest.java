package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a collection does about symbolic links: at the root, above and among what it deletes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GcLinksTest {
  private static final long SEED = 7777;
  private static final String[] NOW = {"--delete", "--grace", "0s", "--keep", "0"};

  private Path folder;
  private Remap nights;

  @BeforeAll
  void twoNights(@TempDir Path temporary) {
    LocalSpark.use("local[2]");
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, SEED);
    nights = remap(folder.resolve("nights"));
    nights.succeed("reindex", "--catalogue", catalogue.toString());
    Pictures.write(catalogue.resolve("new.jpg"), new Random(SEED), Pictures.LONG, Pictures.SHORT);
    nights.succeed("reindex", "--catalogue", catalogue.toString());
  }

  private Remap remap(Path store) {
    return DrillStore.settings(new Remap(store), folder.resolve("backbone"))
        .set("publish.copies", 0)
        .set("compact.max-delta-ratio", 1000);
  }

  private Remap copy() {
    Path copy = folder.resolve(UUID.randomUUID().toString());
    FiveNights.tree(nights.store(), copy);
    return remap(copy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heartbeats", "descriptors", "snapshots/00000001", "indexes/default"})
  void aFolderThatIsALinkIsRefusedAndWhatItLeadsToIsNotTouched(String name) throws IOException {
    Remap remap = copy();
    Path link = remap.store().resolve(name);
    Path outside = folder.resolve("outside-" + name.replace('/', '-'));
    if (Files.exists(link)) {
      Files.move(link, outside);
    }
    Files.createDirectories(outside);
    age(Files.writeString(outside.resolve(UUID.randomUUID() + ".beat"), "x"), Duration.ofDays(99));
    Files.createSymbolicLink(link, outside);
    Set<Path> before = files(outside);

    for (String[] command :
        List.of(
            new String[] {"gc", "--delete", "--grace", "0s"},
            new String[] {"gc"},
            new String[] {"verify", "--repair"})) {
      remap
          .run(command[0], Arrays.copyOfRange(command, 1, command.length))
          .assertRefused(1, link + " is a symbolic link", "mount it there");
    }

    assertThat(files(outside)).containsAll(before);
  }

  @Test
  void aStoreMayItselfBeReachedByALink() throws IOException {
    Remap direct = copy();
    Remap linked = remap(folder.resolve("linked"));
    Files.createSymbolicLink(linked.store(), direct.store());

    linked.succeed("gc", NOW);

    assertThat(FiveNights.list(direct, "indexes/default")).containsExactly("00000002", "published");
    assertThat(linked.succeed("verify", "--repair").out()).contains("all is well");
  }

  @Test
  void whatALinkLeadsToIsNotTouched() throws IOException {
    Remap remap = copy();
    Path outside = folder.resolve("outside");
    String segment = "u000000-" + UUID.randomUUID() + "-1.parquet";
    Files.createDirectories(outside.resolve("segments"));
    Path file = Files.writeString(outside.resolve("segments").resolve(segment), "precious");
    age(file, Duration.ofDays(100));
    Path link = remap.store().resolve("snapshots/00000002/segments/" + segment);
    Files.createSymbolicLink(link, file);

    remap.succeed("gc", NOW);

    assertThat(file).hasContent("precious");
    assertThat(link).isSymbolicLink();
  }

  private static Set<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.collect(Collectors.toSet());
    }
  }

  private static Path age(Path file, Duration age) throws IOException {
    long then = System.currentTimeMillis() - age.toMillis();
    return Files.setLastModifiedTime(file, FileTime.fromMillis(then));
  }
}
