package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every option of every command does what it says or is refused; none is silently left aside. The
 * commands and options come from the command line itself, so that a new one fails here until it has
 * an entry.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OptionsTest {
  static final List<String> COMMON =
      List.of("--store", "--profile", "--config", "--set", "--help", "--json");

  private Path folder;
  private Path catalogue;
  private Remap remap;

  /** Of the two generations that the store has. */
  private String whitening;

  private String quantizer;

  /** Two snapshots, two trainings, three generations, a rejected image. */
  @BeforeAll
  void nights(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 12, 31);
    Files.writeString(catalogue.resolve("g00/text.jpg"), "no image");
    remap = settings(folder.resolve("store"));
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    whitening = FiveNights.list(remap, "whitenings").get(0);
    quantizer = FiveNights.list(remap, "quantizers").get(0);
    Pictures.write(catalogue.resolve("new.jpg"), new Random(5), Pictures.LONG, Pictures.SHORT);
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    remap.succeed("reindex", "--catalogue", catalogue.toString(), "--retrain");
  }

  private Remap settings(Path store) {
    return DrillStore.settings(new Remap(store), folder.resolve("backbone"))
        .set("unit.images", 16)
        .set("publish.copies", 0);
  }

  private Remap copy() {
    Path copy = folder.resolve("copy-" + new Random().nextLong());
    FiveNights.tree(remap.store(), copy);
    return settings(copy);
  }

  /** What shows that an option is heard. */
  @FunctionalInterface
  private interface Proof {
    void run() throws IOException;
  }

  private final Map<String, Proof> proofs = new LinkedHashMap<>();

  private void proof(String option, Proof proof) {
    assertThat(proofs.put(option, proof)).as(option).isNull();
  }

  /** The output names what was given. */
  private void says(String option, String line, String part) {
    proof(
        option,
        () -> {
          Remap.Ran ran = run(remap, line);
          assertThat(ran.out() + ran.err()).as(line).contains(part);
        });
  }

  /** With the option the output is another one. */
  private void differs(String option, String without, String with) {
    proof(
        option,
        () -> {
          Remap.Ran one = run(remap, without);
          Remap.Ran other = run(remap, with);
          assertThat(one.status()).as("%s: %s", without, one).isZero();
          assertThat(other.status()).as("%s: %s", with, other).isZero();
          assertThat(other.out()).isNotEqualTo(one.out());
        });
  }

  private final Map<String, Remap.Ran> ran = new HashMap<>();

  /** What has run on the common store is not run again. */
  private Remap.Ran run(Remap remap, String line) {
    return remap == this.remap
        ? ran.computeIfAbsent(line, same -> anew(remap, same))
        : anew(remap, line);
  }

  private static Remap.Ran anew(Remap remap, String line) {
    String[] words = PrintedLines.words("remap " + line);
    return remap.run(words[0], Arrays.copyOfRange(words, 1, words.length));
  }

  /** The output of what has to work. */
  private String done(Remap remap, String line) {
    Remap.Ran ran = run(remap, line);
    assertThat(ran.status()).as("%s: %s", line, ran).isZero();
    return ran.out();
  }

  private void refused(String line, String... parts) {
    run(remap, line).assertRefused(2, parts);
  }

  private void proofs() {
    says("snapshot --catalogue", "snapshot --catalogue /not/there", "/not/there does not exist");
    says("snapshot --format", "snapshot --format zip --catalogue " + catalogue, "zip");
    says("snapshot --snapshot", "snapshot --snapshot 1 --catalogue " + catalogue, "snapshot 1");
    says("extract --snapshot", "extract --snapshot 1", "extract snapshot 1 ");
    says("extract --backbone", "extract --backbone /no/network", "/no/network");
    says("extract --device", "extract --device gpu", "extract.device is gpu");
    says("weigh --snapshot", "weigh --snapshot 1 --groups .", "by snapshot 1: ");
    says("weigh --groups", "weigh --groups .", "images in 2 groups (.)");
    says("weigh --pairs", "weigh --pairs /no/pairs.csv", "--pairs /no/pairs.csv");
    says("weigh --backbone", "weigh --backbone /no/network", "/no/network");
    says("weigh --device", "weigh --device gpu --groups .", "extract.device is gpu");
    // Two groups are too few; what is said before that tells that an option is heard.
    says("train --groups", "train --groups /no/table.csv", "/no/table.csv does not exist");
    says("train --snapshot", "train --snapshot 77", "77");
    says("train --backbone", "train --backbone /no/network", "/no/network");
    says("train --device", "train --device gpu --set weigh.images=36", "extract.device is gpu");
    says("train --parts", "train --parts convolutions", "train.parts is 'convolutions'");
    says("train --start", "train --start zeros", "train.start is 'zeros'");
    says("train --loss", "train --loss hinge", "train.loss is 'hinge'");
    says("train --distractors", "train --distractors few", "train.distractors=few");
    says("train --rehearse", "train --rehearse 101", "--rehearse is 101");
    says("whiten-regions --for", "whiten-regions --for dir", " regions of an image for dir (");
    says("whiten-regions --snapshot", "whiten-regions --for dir --snapshot 1", "of snapshot 1");
    says("whiten-regions --dimension", "whiten-regions --for dir --dimension 3", "→ 3 dim");
    says("whiten-regions --images", "whiten-regions --for dir --images 9", ": 9 of 2");
    says("whiten-regions --backbone", "whiten-regions --for dir --backbone /no/net", "/no/net");
    says("whiten-regions --device", "whiten-regions --for dir --device gpu", "device is gpu");
    says("whiten --snapshot", "whiten --snapshot 1 --whitening " + whitening, "snapshot 1)");
    proof(
        "whiten --dimension",
        () -> assertThat(done(copy(), "whiten --dimension 3")).contains("→ 3 dim"));
    proof(
        "whiten --import",
        () -> {
          String below = "whitenings/" + whitening;
          String name =
              FiveNights.list(remap, below).stream()
                  .filter(there -> there.endsWith(".bin"))
                  .findFirst()
                  .orElseThrow();
          Path file = remap.store().resolve(below).resolve(name);
          assertThat(done(copy(), "whiten --use " + file)).contains("(whitening " + whitening);
        });
    says("whiten --whitening", "whiten --whitening " + whitening, "(whitening " + whitening);
    proof(
        "whiten --groups",
        () -> assertThat(done(copy(), "whiten --groups .")).contains("images in 2 groups (.)"));
    proof(
        "whiten --pairs",
        () ->
            run(copy(), "whiten --pairs /no/pairs.csv")
                .assertRefused(2, "--pairs /no/pairs.csv cannot be read"));
    says(
        "quantize --spec",
        "quantize --spec IVF9999,PQ3np --whitening " + whitening,
        "IVF9999,PQ3np");
    proof(
        "quantize --whitening",
        () -> {
          refused("quantize", "by several whitenings");
          assertThat(done(copy(), "quantize --whitening " + whitening)).contains("quantizer ");
        });
    differs(
        "quantize --snapshot",
        "quantize --whitening " + whitening,
        "quantize --whitening " + whitening + " --snapshot 1");
    Supplier<Forced> forced = once(this::forced);
    proof("build --name", () -> assertThat(forced.get().built).contains("index 'forced'"));
    proof("build --shards", () -> assertThat(forced.get().built).contains(" 3 shards"));
    proof(
        "build --layout",
        () ->
            assertThat(
                    done(
                        copy(),
                        "build --name lists --new-index --layout list --quantizer " + quantizer))
                .contains(" of lists"));
    proof("publish --force", () -> assertThat(forced.get().published).contains("FAILED, forced"));
    proof("build --new-index", () -> assertThat(forced.get().built).contains("index 'forced'"));
    proof("reindex --new-index", () -> assertThat(forced.get().night).contains("1 of 'night'"));
    says(
        "plan --new-index",
        "plan --new-index --name other --catalogue " + catalogue,
        "plan for index 'other'");
    for (String command : List.of("whiten", "quantize", "build")) {
      says(command + " --backbone", command + " --backbone /no/network", "/no/network");
    }
    for (String command : List.of("reindex", "retry", "plan")) {
      String line = command + " --backbone /no/network --catalogue " + catalogue;
      says(command + " --backbone", line, "/no/network");
    }
    says("demo --backbone", "demo --backbone /no/network --images " + catalogue, "/no/network");
    says("files --backbone", "files --table vectors --backbone /no/network", "/no/network");
    says(
        "evaluate --backbone",
        "evaluate --groups . --aggregators gem --backbone /no/network",
        "/no/network");
    differs("settings --changed", "settings", "settings --changed");
    proof("reindex --force", () -> assertThat(forced.get().night).contains("FAILED, forced"));
    proof("reindex --name", () -> assertThat(forced.get().night).contains("1 of 'night'"));
    says("build --unique", "build --unique --quantizer " + quantizer, "no table of duplicates");
    says("build --duplicates", "build --duplicates x", "--duplicates says what --unique leaves");
    says("build --quantizer", "build --quantizer none", "no quantizer none");
    says("build --generation", "build --generation 1", "generation 1:");
    says("publish --name", "publish --name other", "'other'");
    proof(
        "publish --generation",
        () -> {
          Remap.Ran ran = run(copy(), "publish --generation 1");
          assertThat(ran.out() + ran.err()).contains("generation 1 ");
        });
    says("reindex --catalogue", "reindex --catalogue /not/there", "/not/there does not exist");
    proof(
        "reindex --retrain",
        () -> {
          assertThat(FiveNights.list(remap, "whitenings")).as("made by the last night").hasSize(2);
          refused("reindex --retrain=tepid --catalogue " + catalogue, "neither cold nor warm");
        });
    says(
        "quantize --start",
        "quantize --start none --whitening " + whitening,
        "no quantizer none to start from: the store has [");
    says("plan --catalogue", "plan --catalogue /not/there", "/not/there does not exist");
    says("plan --name", "plan --name a/b --catalogue " + catalogue, "index.name is 'a/b'");
    says("plan --images", "plan --images 123456", "123,456");
    says("retry --catalogue", "retry --catalogue /not/there", "/not/there does not exist");
    says("retry --name", "retry --name a/b --catalogue " + catalogue, "index.name is 'a/b'");
    proof(
        "retry --content",
        () -> {
          Remap one = copy();
          done(one, "retry --content --catalogue " + catalogue);
          assertThat(done(one, "status")).contains("(2 attempts)");
        });
    says("compact --name", "compact --name other", "'other'");
    proof(
        "compact --full",
        () -> {
          Remap one = copy();
          String little = run(one, "compact").out();
          assertThat(done(one, "compact --full")).isNotEqualTo(little);
        });
    says("rollback --name", "rollback --name other", "'other'");
    says(
        "rollback --generation",
        "rollback --generation 3",
        "Generation 3 of index 'default' is live already");
    says("search --image", "search --image /not/there.jpg", "/not/there.jpg does not exist");
    says("search --vectors", "search --vectors /not/there.npy", "/not/there.npy does not exist");
    String image = catalogue.resolve("g00/p001.jpg").toString();
    says("search --name", "search --name other --image " + image, "'other'");
    differs("search -k", "search --image " + image, "search -k 2 --image " + image);
    says("search --nprobe", "search --nprobe -1 --image " + image, "search.nprobe is -1");
    says(
        "search --ef-search",
        "search --ef-search 9 --image " + image,
        "no graph over its centroids");
    differs("search --exact", "search --image " + image, "search --exact 20 --image " + image);
    differs(
        "search --rerank", "search --image " + image, "search --rerank aqe:k=3 --image " + image);
    says("search --html", "search --html /no/page.html --image " + image, "folder /no for --html");
    says("search --graph", "search --graph x --image " + image, "--graph is for dba and diffusion");
    says("evaluate --copies", "evaluate --copies 2", "copies of 2 images");
    says(
        "evaluate --rerank",
        "evaluate --groups . --rerank super-global:n=5",
        "index search, super-global:n=5,k=9,beta=0.15");
    says(
        "evaluate --graph",
        "evaluate --groups . --rerank dba --graph x",
        "There is no complete table of neighbors x of generation 3");
    says("evaluate --against", "evaluate --groups . --against x", "--against x is the run of no");
    says("evaluate --groups", "evaluate --groups " + catalogue + "/", "24 images in 2 groups");
    says("evaluate --protocol", "evaluate --protocol oxford", "no protocol 'oxford'");
    says(
        "evaluate --truth",
        "evaluate --protocol cdvs --truth /no/truth.txt",
        "/no/truth.txt cannot be read");
    proof(
        "evaluate --queries",
        () -> {
          Path truth = Files.writeString(folder.resolve("truth.txt"), "q\tg00/p001.jpg\n");
          String line = "evaluate --protocol cdvs --truth " + truth + " --queries /not/there";
          refused(line, "/not/there does not exist");
        });
    String pairs = "evaluate --protocol cdvs --truth /no/truth.txt --matching ";
    says(
        "evaluate --matching", pairs + "/no/m.txt --non-matching /no/n.txt", "/no/m.txt cannot be");
    proof(
        "evaluate --non-matching",
        () -> {
          Path matching = Files.writeString(folder.resolve("matching.txt"), "a,b\n");
          refused(pairs + matching + " --non-matching /no/n.txt", "/no/n.txt cannot be read");
        });
    // Those of the proofs before.
    says("evaluate --list", "evaluate --list", "score index");
    says("evaluate --name", "evaluate --copies 2 --name other", "'other'");
    says("evaluate --generation", "evaluate --copies 1 --generation 77", "generation 77");
    says(
        "evaluate --aggregators",
        "evaluate --groups . --aggregators gem,remap --set extractor.gem-p=4",
        "compare gem, remap on");
    says(
        "evaluate --images",
        "evaluate --groups . --aggregators gem --images 9",
        "9 images in 1 group (16 left out)");
    says("evaluate --nprobe", "evaluate --copies 1 --nprobe -1", "search.nprobe is -1");
    says(
        "evaluate --ef-search", "evaluate --copies 1 --ef-search 9", "no graph over its centroids");
    says("knn --name", "knn --name other", "'other'");
    says("knn --generation", "knn --generation 77", "generation 77");
    says("knn -k", "knn -k 0", "knn.k is 0");
    says("knn --nprobe", "knn --nprobe -1", "search.nprobe is -1");
    says("knn --ef-search", "knn --ef-search 9", "no graph over its centroids");
    proof("knn --depth", () -> assertThat(run(copy(), "knn --depth 33").out()).contains("of 33 r"));
    says("tune --name", "tune --name other", "'other'");
    says("tune --generation", "tune --generation 77", "generation 77");
    says("tune --queries", "tune --queries 3", "3 of ");
    says("tune --copies", "tune --copies 2", "16 copies of 2 images ask");
    says("tune --groups", "tune --groups .", "24 of 24 images in 2 groups ask");
    says("tune --image", "tune --image " + image, "1 of 1 images of " + image + " ask");
    says("tune --vectors", "tune --vectors x.npy", "give --image rather than --vectors");
    says("tune -k", "tune -k 2", "recall@2");
    says("tune --recall", "tune --recall 0.123", "recall of 0.123");
    proof(
        "tune --keep",
        () -> assertThat(run(copy(), "tune --recall 0.1 --keep").out()).contains("kept: searches"));
    says("tune --codes", "tune --codes PQ", "--codes is 'PQ'");
    says("tune --svg", "tune --svg /", "--svg is /");
    says("tune --millis", "tune --millis 500", " 500 ms ");
    says("dedup --name", "dedup --name other", "'other'");
    says("dedup --generation", "dedup --generation 77", "generation 77");
    says("dedup --graph", "dedup --graph none", "neighbors none");
    says("dedup --threshold", "dedup --threshold 2", "dedup.threshold is 2");
    says("dedup --distance", "dedup --distance -1", "dedup.distance is -1");
    says("dedup --keep", "dedup --keep all", "dedup.keep is 'all'");
    says("clean --name", "clean --groups . --name other", "'other'");
    says("clean --generation", "clean --groups . --generation 77", "generation 77");
    says("clean --graph", "clean --groups . --graph none", "neighbors none");
    says("clean --groups", "clean --groups /no/table.csv", "/no/table.csv");
    says("clean --pairs", "clean --pairs /no/pairs.csv", "--pairs /no/pairs.csv");
    says("train --pairs", "train --pairs /no/pairs.csv", "--pairs /no/pairs.csv");
    says("clean --threshold", "clean --groups . --threshold 2", "clean.threshold is 2");
    says("weigh --clean", "weigh --clean=none", "cleaned labels none");
    says("train --clean", "train --clean=none", "cleaned labels none");
    says("prepare --name", "prepare --name other --rerank dba", "'other'");
    says("prepare --generation", "prepare --generation 77 --rerank dba", "generation 77");
    says("prepare --graph", "prepare --graph none --rerank dba", "neighbors none");
    says("prepare --rerank", "prepare --rerank aqe:k=3", "nothing to prepare for aqe:k=3");
    says("files --id", "files --table neighbors --id none", "neighbors none");
    says("status --rejects", "status --rejects", "g00/text.jpg");
    says("files --table", "files --table shards", "shard-00000");
    differs("files --snapshot", "files --table snapshot", "files --table snapshot --snapshot 1");
    differs(
        "files --whitening",
        "files --table vectors --whitening " + whitening,
        "files --table vectors --whitening WHITENING".replace("WHITENING", otherWhitening()));
    says("files --name", "files --table shards --name other", "'other'");
    differs("files --generation", "files --table shards", "files --table shards --generation 1");
    String merge = "merge --out " + folder.resolve("merged");
    says("merge --name", merge + " --name other", "'other'");
    says("merge --generation", merge + " --generation 1", "merge generation 1 of");
    says("merge --out", "merge --out /not/there/x", "There is no folder /not/there for --out");
    says("merge --parts", merge + " --parts 99", "--parts is 99");
    Path page = folder.resolve("page.html");
    String report = "report --out " + page;
    says("report --name", report + " --name other", "'other'");
    says("report --out", "report --out /not/there/x", "There is no folder /not/there for --out");
    proof(
        "report --no-pictures",
        () -> {
          done(remap, report + " --no-pictures");
          assertThat(page).content().contains("Pictures are left out");
        });
    proof(
        "verify --repair",
        () -> {
          Remap one = copy();
          Path run = one.store().resolve("runs").resolve(FiveNights.list(one, "runs").get(0));
          Files.writeString(run.resolve("started.json"), "{");
          run(one, "verify --repair");
          assertThat(run.resolve("started.json")).doesNotExist();
        });
    differs("gc --keep", "gc --grace 0s", "gc --grace 0s --keep 0");
    differs("gc --grace", "gc", "gc --grace 0s");
    differs("gc --list", "gc --grace 0s --keep 0", "gc --grace 0s --keep 0 --list");
    proof(
        "gc --delete",
        () -> {
          Remap one = copy();
          run(one, "gc --grace 0s --keep 0 --delete");
          assertThat(FiveNights.list(one, "indexes/default")).doesNotContain("00000001");
        });
    says("demo --images", "demo --images /not/there", "/not/there");
  }

  private String otherWhitening() {
    try {
      return FiveNights.list(remap, "whitenings").stream()
          .filter(id -> !id.equals(whitening))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What two indexes said that are live in spite of their check. */
  private record Forced(String built, String published, String night) {}

  /** Where no rejected image is allowed, and the store has one. */
  private Forced forced() {
    Remap strict = copy().set("publish.max-reject-ratio", 0);
    return new Forced(
        done(strict, "build --name forced --new-index --shards 3 --quantizer " + quantizer),
        done(strict, "publish --name forced --force"),
        done(strict, "reindex --name night --new-index --force --catalogue " + catalogue));
  }

  private static <T> Supplier<T> once(Supplier<T> making) {
    Map<Boolean, T> made = new HashMap<>();
    return () -> made.computeIfAbsent(true, key -> making.get());
  }

  @Test
  void everyOptionHasItsProof() {
    proofs();
    TreeSet<String> options = new TreeSet<>();
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (command, line) ->
                line.getCommandSpec().options().stream()
                    .map(CommandLine.Model.OptionSpec::longestName)
                    .filter(name -> !COMMON.contains(name))
                    .forEach(name -> options.add(command + " " + name)));
    assertThat(proofs.keySet()).containsExactlyInAnyOrderElementsOf(options);
    proofs.clear();
  }

  @TestFactory
  Stream<DynamicTest> everyOptionIsHeard() {
    proofs();
    return new ArrayList<>(proofs.entrySet())
        .stream().map(one -> DynamicTest.dynamicTest(one.getKey(), one.getValue()::run));
  }

  @Test
  void whatAFileSaysOfGraphsOverCentroidsStopsNoIndexWithoutOne() throws IOException {
    Path file = Files.writeString(folder.resolve("wide.conf"), "search.ef-search = 9");
    String image = catalogue.resolve("g00/p001.jpg").toString();

    assertThat(remap.succeed("search", "--image", image, "--config", file.toString()).out())
        .contains("g00/p001.jpg");
  }

  /** The proof of an option of all commands. */
  @Test
  void aProfileSaysWhatNothingElseSays() throws IOException {
    Path profile = Files.createDirectory(folder.resolve("my profile"));
    Files.writeString(
        profile.resolve("remap.conf"),
        "store = \"%s\", search.nprobe = 5, search.k = 6".formatted(remap.store()));
    Files.writeString(profile.resolve("spark.conf"), "# this machine\n");
    Path own = Files.writeString(folder.resolve("own.conf"), "search.nprobe = 7");
    String by = " --profile '" + profile + "'";

    assertThat(line("status" + by).out()).contains("index default, generation 3");
    assertThat(line("settings" + by).out())
        .containsPattern("search.nprobe +" + profile + "/remap.conf +5")
        .containsPattern("search.k +" + profile + "/remap.conf +6");
    assertThat(line("settings --config " + own + by).out())
        .containsPattern("search.nprobe +" + own + " +7")
        .containsPattern("search.k +" + profile + "/remap.conf +6");
    assertThat(line("settings --set search.nprobe=8 --config " + own + by).out())
        .containsPattern("search.nprobe +--set +8");
    line("status --store /not/there" + by).assertRefused(2, "no store at file:/not/there");
    assertThat(line("rollback --name none" + by).err()).contains("none");
    assertThat(line("rollback --generation 3" + by).err()).contains("is live already");
  }

  @Test
  void whatAProfileLacksIsASentence() throws IOException {
    Path profile = folder.resolve("a profile");
    String by = " --profile '" + profile + "'";

    line("status" + by).assertRefused(2, "The profile " + profile + " is no folder");
    Files.createDirectory(profile);
    line("status" + by).assertRefused(2, "The profile " + profile + " has no remap.conf");
    Files.writeString(profile.resolve("remap.conf"), "search.nprobes = 5");
    line("status" + by).assertRefused(2, "The profile " + profile + " has no spark.conf");
    Files.writeString(profile.resolve("spark.conf"), "spark.nowhere  1\nother 2\n");
    line("status" + by)
        .assertRefused(2, "spark.conf of the profile says spark.nowhere", "--properties-file");
    Files.writeString(profile.resolve("spark.conf"), "");
    line("status" + by).assertRefused(2, profile + "/remap.conf: unknown setting search.nprobes");
    line("status --profile ''").assertRefused(2, "--profile has an empty value");
  }

  /** Without the settings that tests have. */
  private static Remap.Ran line(String line) {
    return Remap.line(PrintedLines.words("remap " + line));
  }

  /** Options that another one leaves without a meaning. */
  @Test
  void whatCouldDoNothingIsRefused() {
    refused("files --table shards --snapshot 1", "--snapshot does not choose shards");
    refused("files --table vectors --generation 1", "--generation does not choose vectors");
    refused("files --table vectors --id x", "--id does not choose vectors");
    refused("files --table neighbors --snapshot 1", "--snapshot does not choose neighbors");
    refused("files --table vectors --name x", "--name does not choose vectors");
    refused("files --table descriptors --whitening x", "--whitening does not choose descriptors");
    refused("files --table vectors", "by several whitenings", "--whitening");
    refused(
        "build --generation 1 --shards 2",
        "leave out --quantizer, --shards, --layout and --unique");
    refused("build --generation 1 --unique", "leave out --quantizer, --shards, --layout and");
    refused("build --generation 1 --layout list", "leave out --quantizer, --shards, --layout and");
    refused("build --generation 1 --quantizer x", "leave out --quantizer");
    refused("whiten --dimension 3 --whitening x", "--dimension is of a whitening that is fitted");
    refused("whiten --dimension 3 --use x", "--dimension is of a whitening that is fitted");
    refused("whiten --use x --whitening x", "give one of them");
    refused("evaluate --list --generation 1", "--list shows all evaluations");
    refused("evaluate --list --against x", "--against is for --protocol, or for --groups");
    refused("evaluate --copies 2 --rerank aqe", "--rerank is for --protocol, or for --groups");
    refused("evaluate --groups . --rerank aqe --rerank aqe:k=10", "twice");
    refused("evaluate --groups . --rerank aqe:k=0", "--rerank aqe:k=0: aqe: k is '0'");
    refused("search --image " + catalogue + " --rerank exact:n=3", "10 neighbours are wanted");
    refused("search --image " + catalogue + " --rerank alpha-qe:alpha=-1", "search.rerank is");
    refused("search --image " + catalogue + " --rerank dba --exact 20", "leave it out");
    refused("evaluate --groups . --backbone /", "--backbone is for --aggregators");
    refused("files --table shards --backbone /", "--backbone does not choose shards");
    refused("files --table snapshot --backbone /", "--backbone does not choose snapshot");
    refused("build --name phtos", "no index 'phtos': this store has default", "--new-index");
    refused("search --name phtos --image " + catalogue, "this store has default (--name)");
    refused("plan --images 5 --catalogue x", "give it or --catalogue");
    refused("status --json --rejects", "mutually exclusive");
    refused("evaluate --copies 2 --groups .", "mutually exclusive");
    refused("tune --copies 2 --groups .", "mutually exclusive");
    refused("tune --copies 2 --queries 9", "leave out --queries");
    refused("evaluate --copies 2 --aggregators gem", "give --groups rather than --copies");
    refused("evaluate --groups . --aggregators gem --nprobe 2", "leave out --generation");
    refused("evaluate --groups . --aggregators gem,gem", "names one twice");
    refused("evaluate --groups . --images 9", "--images is for --aggregators");
    refused("evaluate --protocol ann --images 0", "--images is 0: give a number of images");
    refused("evaluate --protocol ann --truth x.ivecs", "name it with --queries");
    refused("evaluate --protocol ann --queries x --images 3", "--protocol ann without --queries");
    refused("evaluate --protocol cdvs --truth x --images 3", "--protocol ann without --queries");
    refused("evaluate --protocol cdvs --matching x", "belong together");
    refused(
        "evaluate --protocol ann --matching x --non-matching y", "for --protocol cdvs, not ann");
    refused("evaluate --groups . --non-matching x", "--non-matching is for --protocol");
    refused("extract --set extractor.gem-p=4", "extractor.gem-p has no effect here");
    refused(
        "extract --set extractor.scale-combination=max --set extractor.scale-gem-p=4",
        "extractor.scale-gem-p has no effect here: extractor.scale-combination is max");
    refused("status --set catalogue.inventory-columns=[Key]", "has no effect here");
    refused("extract --set extract.fallback=cpu --device cpu", "extract.fallback has no effect");
    refused(
        "extract --set extractor.aggregator=gem --set extractor.levels=3",
        "extractor.levels has no effect here: extractor.aggregator is gem");
    refused(
        "extract --set extractor.aggregator=concat --set extractor.concat=[{aggregator=gem}]"
            + " --set extractor.levels=3",
        "extractor.levels has no effect here: no part of extractor.concat looks at it");
    refused("demo --images x --set catalogue.uri=y", "catalogue.uri has no effect here");
  }
}
