package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Jvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Collections that are killed, and collections on an object store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledGcTest {
  private static final String[] NOW = {"--delete", "--grace", "0s", "--keep", "1"};

  private FiveNights nights;
  private Map<String, String> collected;

  @BeforeAll
  void fiveNights(@TempDir Path folder) throws IOException {
    nights = new FiveNights(folder);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7, 30})
  void aCollectionThatIsKilledHarmsNothingThatIsKeptAndTheNextOneFinishes(int page, TestInfo test)
      throws Exception {
    Remap remap = nights.copy(test);
    Map<String, String> undisturbed = collected(test);

    String point = "-Dremap.kill.point=gc.deleting:" + page;
    Process dying = Jvm.start(Command.class, List.of(point), line(remap.store().toUri()));
    assertThat(dying.waitFor()).isEqualTo(137);

    assertThat(remap.contents()).hasSizeGreaterThan(undisturbed.size());
    // Half of what was to go may be missed, but nothing else.
    assertThat(remap.run("verify").out().lines().filter(line -> line.contains("/")).skip(1))
        .filteredOn(line -> !line.contains("Next: "))
        .allMatch(line -> line.matches("  indexes/default/0000000[123]/.*"));
    remap.succeed("gc", NOW);
    assertThat(remap.succeed("verify").out()).contains("all is well");
    // The dead one's heartbeat is still young.
    Map<String, String> contents = new TreeMap<>(remap.contents());
    contents.keySet().removeIf(name -> name.startsWith("heartbeats/"));
    assertThat(contents).isEqualTo(undisturbed);
  }

  /** What a collection leaves that nobody disturbs: the same in every copy. */
  private Map<String, String> collected(TestInfo test) throws IOException {
    if (collected == null) {
      Remap remap = nights.copy(test);
      remap.succeed("gc", NOW);
      collected = remap.contents();
    }
    return collected;
  }

  private static String[] line(URI store) {
    Stream<String> command = Stream.of("gc", "--store", store.toString());
    return Stream.concat(command, Stream.of(NOW)).toArray(String[]::new);
  }

  /** The command in a process of its own. */
  static final class Command {
    private Command() {}

    public static void main(String[] arguments) {
      System.exit(Main.run(arguments));
    }
  }

  @Test
  void anObjectStoreIsLeftWithTheSame(TestInfo test) throws Exception {
    Set<String> local = collected(test).keySet();
    try (Bucket bucket = new Bucket(nights.folder().resolve("s3"))) {
      bucket.upload(nights.store());
      String root = bucket.root().toString();
      assertThat(Remap.line("gc", "--store", root, "--grace", "0s").out())
          .contains("nothing was deleted");
      Remap.Ran ran = Remap.line(line(bucket.root()));
      assertThat(ran.status()).as(ran.toString()).isZero();
      assertThat(bucket.files()).isEqualTo(local);
      assertThat(Remap.line("verify", "--store", root).out()).contains("all is well");
    }
  }
}
