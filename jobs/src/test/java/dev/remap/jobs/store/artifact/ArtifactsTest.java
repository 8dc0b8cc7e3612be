package dev.remap.jobs.store.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Golden;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactsTest {
  private static final String FOLDER = Layout.quantizer("q1");

  @TempDir private Path folder;
  private Store store;
  private Artifacts artifacts;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
    artifacts = new Artifacts(store);
  }

  @Test
  void namesFilesByTheirDigestAndFindsThemAgain() {
    ArtifactManifest made = commit("run-1", "centroids");

    FileRef file = made.file("quantizer.faiss");
    assertThat(file.path())
        .isEqualTo(FOLDER + "/quantizer-" + file.sha256().substring(0, 16) + ".faiss");
    assertThat(store.readVerified(file)).asString().isEqualTo("centroids");
    assertThat(artifacts.find(FOLDER)).contains(made);
    assertThat(artifacts.require(FOLDER)).isEqualTo(made);
  }

  @Test
  void writesTheManifestAsTheGoldenFileHasIt() {
    commit("run-1", "centroids");

    assertThat(store.read(FOLDER + "/manifest.json", 10_000))
        .asString()
        .isEqualTo(Golden.text("manifest"));
    assertThat(ArtifactManifest.parse("golden", Golden.bytes("manifest")))
        .isEqualTo(artifacts.require(FOLDER));
  }

  @Test
  void namesTheManifestItselfByItsContent() {
    commit("run-1", "centroids");

    FileRef ref = artifacts.manifestRef(FOLDER);

    assertThat(store.readVerified(ref)).asString().isEqualTo(Golden.text("manifest"));
  }

  @Test
  void storesFilesOfThisMachine() throws IOException {
    Path local = Files.writeString(folder.resolve("local"), "from a file");

    ArtifactManifest made =
        artifacts.commit(FOLDER, draft("run-1"), Map.of("plain", ByteSource.of(local)), "quantize");

    assertThat(made.file("plain").path()).startsWith(FOLDER + "/plain-");
    assertThat(store.readVerified(made.file("plain"))).asString().isEqualTo("from a file");
  }

  @Test
  void takesTheOneThatIsThere() {
    ArtifactManifest first = commit("run-1", "centroids");

    assertThat(commit("run-2", "others")).isEqualTo(first);
    assertThat(store.list(FOLDER)).hasSize(2);
  }

  /** As two snapshots with the same vectors train the same quantizer. */
  @Test
  void whatIsNamedByItsContentIsTheSameWhateverItWasMadeFrom() {
    ArtifactManifest first = commit("run-1", "centroids");
    ArtifactDraft later =
        new ArtifactDraft(first.id(), first.kind(), Inputs.of(Inputs.LISTING, "another"), "run-2");
    Map<String, ByteSource> contents = Map.of("quantizer.faiss", content("centroids"));

    assertThatThrownBy(() -> artifacts.commit(FOLDER, later, contents, "quantize"))
        .hasMessageContaining("must not be mixed");
    assertThat(artifacts.commitContent(FOLDER, later, contents, "quantize")).isEqualTo(first);
  }

  @Test
  void whatIsNamedByItsContentMayBeMadeByAnotherRunMeanwhile() {
    ByteSource slow =
        () -> {
          if (artifacts.find(FOLDER).isEmpty()) {
            commit("run-1", "centroids");
          }
          return content("centroids").open();
        };
    ArtifactDraft later =
        new ArtifactDraft(
            draft("run-2").id(),
            draft("run-2").kind(),
            Inputs.of(Inputs.LISTING, "another"),
            "run-2");

    ArtifactManifest made =
        artifacts.commitContent(FOLDER, later, Map.of("quantizer.faiss", slow), "quantize");

    assertThat(made.run()).isEqualTo("run-1");
  }

  @Test
  void deletesItsFilesWhenAnotherRunIsFirst() {
    ByteSource slow =
        () -> {
          // Another run commits while this one is still reading its own content.
          if (artifacts.find(FOLDER).isEmpty()) {
            commit("run-1", "centroids");
          }
          return content("others").open();
        };

    ArtifactManifest made =
        artifacts.commit(FOLDER, draft("run-2"), Map.of("quantizer.faiss", slow), "quantize");

    assertThat(made.run()).isEqualTo("run-1");
    assertThat(store.readVerified(made.file("quantizer.faiss"))).asString().isEqualTo("centroids");
    assertThat(store.list(FOLDER)).hasSize(2);
  }

  @Test
  void givesWayWhenALoserHasDeletedTheFileItHadInCommon() {
    Map<String, ByteSource> contents = new TreeMap<>();
    contents.put("a", content("common"));
    contents.put(
        "b",
        () -> {
          if (artifacts.find(FOLDER).isEmpty() && store.list(FOLDER).size() == 1) {
            commit("run-1", "centroids");
            store.deleteQuietly(
                FOLDER
                    + "/a-"
                    + Sha256.hex(content("common").open().readAllBytes()).substring(0, 16));
          }
          return content("own").open();
        });

    ArtifactManifest made = artifacts.commit(FOLDER, draft("run-2"), contents, "quantize");

    assertThat(made.run()).isEqualTo("run-1");
    assertThat(store.list(FOLDER)).hasSize(2);
  }

  @Test
  void makesOneOfEightThatAreMadeAtOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Callable<ArtifactManifest>> runs =
        IntStream.range(0, 8)
            .<Callable<ArtifactManifest>>mapToObj(i -> () -> commit("run-" + i, "content " + i % 2))
            .toList();
    List<Future<ArtifactManifest>> made = pool.invokeAll(runs);
    pool.shutdown();

    ArtifactManifest there = artifacts.require(FOLDER);
    for (Future<ArtifactManifest> manifest : made) {
      assertThat(manifest.get()).isEqualTo(there);
    }
    store.verify(there.file("quantizer.faiss"));
    assertThat(store.list(FOLDER)).hasSize(2);
  }

  @Test
  void refusesWhatWasMadeFromSomethingElseNamingBoth() {
    commit("run-1", "centroids");
    ArtifactDraft other =
        new ArtifactDraft("q1", "quantizer", Inputs.of("whitening", "w2"), "run-2");

    assertThatThrownBy(() -> artifacts.commit(FOLDER, other, Map.of(), "quantize"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(FOLDER)
        .hasMessageContaining("whitening w1")
        .hasMessageContaining("from w2");
  }

  @Test
  void refusesAnotherKindOfThingInTheSamePlace() {
    commit("run-1", "centroids");
    ArtifactDraft other = new ArtifactDraft("q1", "whitening", draft("run-2").inputs(), "run-2");

    assertThatThrownBy(() -> artifacts.commit(FOLDER, other, Map.of(), "quantize"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("already holds the quantizer q1");
  }

  @Test
  void saysThatAFileOfAnEarlierRunIsGone() throws IOException {
    ArtifactManifest made = commit("run-1", "centroids");
    Files.delete(folder.resolve(made.file("quantizer.faiss").path()));

    assertThatThrownBy(() -> commit("run-2", "centroids"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("quantizer-")
        .hasMessageContaining("does not exist");
  }

  @Test
  void saysWhatIsMissing() {
    assertThat(artifacts.find(FOLDER)).isEmpty();
    assertThatThrownBy(() -> artifacts.require(FOLDER))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(FOLDER);
    assertThatThrownBy(() -> commit("run-1", "x").file("y"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no file 'y'");
  }

  private ArtifactManifest commit(String run, String text) {
    return artifacts.commit(
        FOLDER, draft(run), Map.of("quantizer.faiss", content(text)), "quantize");
  }

  private static ArtifactDraft draft(String run) {
    return new ArtifactDraft("q1", "quantizer", Inputs.of("whitening", "w1"), run);
  }

  private static ByteSource content(String text) {
    return ByteSource.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
