package dev.remap.jobs.evaluate.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.truth.ProtocolTruth.Judged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthFilesTest {
  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private void refused(Protocol protocol, Path file, String... words) {
    assertThatThrownBy(() -> TruthFiles.read(protocol, file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void theRevisitedTruthHasThreeSetupsOfEachQuery() throws IOException {
    Path truth =
        file(
            "r.json",
            "{\"imlist\": [\"a\", \"b\", \"c\", \"d\"], \"qimlist\": [\"q\"], \"gnd\":"
                + " [{\"bbx\": [1.5, 2, 30, 40], \"easy\": [0], \"hard\": [1, 2], \"junk\": [3]}]}");

    ProtocolTruth read = TruthFiles.read(Protocol.ROXFORD5K, truth);

    assertThat(read.setups()).containsExactly("easy", "medium", "hard");
    assertThat(read.ignored()).containsExactly("q");
    assertThat(read.judged())
        .extracting(Judged::relevant)
        .extracting(List::copyOf)
        .containsExactly(List.of("a"), List.of("a", "b", "c"), List.of("b", "c"));
    assertThat(read.judged())
        .extracting(Judged::junk)
        .extracting(List::copyOf)
        .containsExactly(List.of("d", "b", "c"), List.of("d"), List.of("d", "a"));
    assertThat(read.judged().get(0).box()).containsExactly(1.5, 2.0, 30.0, 40.0);
  }

  @Test
  void textsOfOxfordAreRead() throws IOException {
    Path texts = Files.createDirectory(folder.resolve("gt"));
    Files.writeString(texts.resolve("x_1_query.txt"), "oxc1_x_000013 136.5 34.1 648.5 955.7\n");
    Files.writeString(texts.resolve("x_1_good.txt"), "x_000013\nx_000026\n");
    Files.writeString(texts.resolve("x_1_ok.txt"), "x_000091\n\n");
    Files.writeString(texts.resolve("x_1_junk.txt"), "");

    assertThat(TruthFiles.read(Protocol.OXFORD5K, texts).judged())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.query()).isEqualTo("x_000013");
              assertThat(one.relevant()).containsExactly("x_000013", "x_000026", "x_000091");
              assertThat(one.junk()).isEmpty();
              assertThat(one.box()).containsExactly(136.5, 34.1, 648.5, 955.7);
            });

    Files.writeString(texts.resolve("x_1_query.txt"), "x_000013 1 2 3\n");
    refused(Protocol.PARIS6K, texts, "x_1_query.txt", "four sides of a box");
    for (String side : List.of("NaN", "Infinity", "-1e999", "0x1p3", "1f", "left")) {
      Files.writeString(texts.resolve("x_1_query.txt"), "x_000013 1 2 3 " + side + "\n");
      refused(Protocol.PARIS6K, texts, "x_1_query.txt", "a side that is no number");
    }
    for (String side : List.of("null", "\"7\"", "true", "1e999")) {
      String gnd = "{\"bbx\": [1, 2, 3, " + side + "], \"ok\": [], \"junk\": []}";
      refused(
          Protocol.OXFORD5K,
          file("b.json", "{\"imlist\": [], \"qimlist\": [\"q\"], \"gnd\": [" + gnd + "]}"),
          "b.json has a box with a side that is no number");
    }
  }

  @Test
  void listsAndSolutionsAreRead() throws IOException {
    Path lists = file("cdvs.txt", "q1\ta\tb\n\nq2,c;d\n");
    assertThat(TruthFiles.read(Protocol.CDVS, lists).judged())
        .extracting(one -> one.query() + ":" + String.join("+", one.relevant()))
        .containsExactly("q1:a+b", "q2:c+d");
    Path solution =
        file("s.csv", "id,images,Usage\nq1,a b,Public\nq2,None,Ignored\nq3,c,Private\n");
    assertThat(TruthFiles.read(Protocol.GLDV2, solution).judged())
        .extracting(one -> one.query() + ":" + String.join("+", one.relevant()))
        .containsExactly("q1:a+b", "q3:c");
    assertThat(TruthFiles.read(Protocol.CDVS, file("case.txt", "Q.JPG\tA\n")).queries())
        .containsExactly("q.jpg");
    refused(Protocol.CDVS, file("none.txt", ";;\n"), "a line without a query");
    refused(Protocol.CDVS, file("twice.txt", "q\ta\nq\tb\n"), "query q more than once");
    refused(Protocol.GLDV2, lists, "does not begin with id,images,Usage");
  }

  @Test
  void namesAreTheTruthOfHolidaysAndUkbench() {
    assertThat(
            TruthFiles.ofNames(Protocol.HOLIDAYS, List.of("100000", "100002", "100100", "100200"))
                .judged())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.query()).isEqualTo("100000");
              assertThat(one.relevant()).containsExactlyInAnyOrder("100001", "100002");
            });
    assertThat(
            TruthFiles.ofNames(
                    Protocol.UKBENCH, List.of("ukbench00003", "ukbench00004", "ukbench00005"))
                .judged())
        .extracting(one -> one.query() + ":" + one.relevant().size())
        .containsExactlyInAnyOrder("ukbench00003:4", "ukbench00004:4", "ukbench00005:4");
    assertThat(TruthFiles.group(Protocol.HOLIDAYS, "holiday")).isEmpty();
  }

  @Test
  void whatATruthListsIsKnownThoughNoQueryIsAboutIt() throws IOException {
    Path truth =
        file(
            "l.json",
            "{\"imlist\": [\"a\", \"b\", \"c\"], \"qimlist\": [\"q\"], \"gnd\": [{\"ok\": [0],"
                + " \"junk\": []}]}");
    ProtocolTruth read = TruthFiles.read(Protocol.OXFORD5K, truth);
    assertThat(read.listed()).containsExactly("a", "b", "c");
    assertThat(read.names()).containsExactlyInAnyOrder("a", "q");
  }

  private Path ilias(String queries, String positives) throws IOException {
    Path ids = Files.createDirectories(Files.createTempDirectory(folder, "i").resolve("image_ids"));
    Files.writeString(ids.resolve("image_query_ids.txt"), queries);
    Files.writeString(ids.resolve("positive_ids.txt"), positives);
    return ids.getParent();
  }

  @Test
  void queriesOfIliasAskForThePositivesOfTheirObjects() throws IOException {
    Path truth =
        ilias(
            "cup_0/query/Q000_00.jpg,x\ncup_0/query/Q000_01.jpg,x\npen_1/query/Q001_00.jpg,x\n",
            "cup_0/pos/P000_00.jpg,0.2,12\ncup_0/pos/P000_01.jpg,0.1,3\n");
    ProtocolTruth read = TruthFiles.read(Protocol.ILIAS, truth);
    assertThat(read.judged())
        .extracting(one -> one.query() + ":" + String.join("+", one.relevant()))
        .containsExactly("Q000_00:P000_00+P000_01", "Q000_01:P000_00+P000_01", "Q001_00:");
    assertThat(read.ignored()).containsExactly("Q000_00", "Q000_01", "Q001_00");
    assertThat(TruthFiles.read(Protocol.ILIAS, truth.resolve("image_ids")).judged()).hasSize(3);

    String query = "cup_0/query/Q000_00.jpg\n";
    refused(Protocol.ILIAS, folder, "has no image_query_ids.txt", "folder image_ids");
    refused(Protocol.ILIAS, ilias("Q000_00.jpg\n", "a/b\n"), "does not begin with object/");
    refused(Protocol.ILIAS, ilias(query + query, "a/b\n"), "names Q000_00 more than once");
    refused(Protocol.ILIAS, ilias(query, ""), "positive_ids.txt names no image");
    refused(Protocol.ILIAS, ilias(query, "cup_0/Q000_00.jpg\n"), "has Q000_00 both in");
  }

  private Path numbers(String name, int... numbers) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.of(numbers).forEach(bytes::putInt);
    return Files.write(folder.resolve(name), bytes.array());
  }

  @Test
  void theNearestOfEveryQueryAreReadRowByRow() throws IOException {
    int[] ten = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    ProtocolTruth vecs = TruthFiles.read(Protocol.ANN, numbers("g.ivecs", ten));
    assertThat(vecs.judged())
        .extracting(one -> one.setup() + one.query() + ":" + String.join("+", one.relevant()))
        .containsExactly("1-recall#0:9", "10-recall#0:9+8+7+6+5+4+3+2+1+0");
    ProtocolTruth bin = TruthFiles.read(Protocol.ANN, numbers("g.ibin", 2, 2, 5, 4, 3, 2));
    assertThat(bin.judged())
        .extracting(one -> one.setup() + one.query() + ":" + String.join("+", one.relevant()))
        .containsExactly("1-recall#0:5", "1-recall#1:3");

    refused(Protocol.ANN, numbers("e.ivecs"), "has 0 bytes: no query");
    refused(Protocol.ANN, numbers("z.ivecs", -1, 3), "says that each query has -1 nearest");
    refused(Protocol.ANN, numbers("c.ivecs", 2, 3, 4, 2, 3), "it was cut short");
    refused(Protocol.ANN, numbers("l.ivecs", 1, 3, 2, 3), "1 nearest of the first query and 2 of");
    refused(Protocol.ANN, numbers("m.ivecs", 2, 3, 3), "3 among the nearest of query 0, more than");
    refused(Protocol.ANN, numbers("n.ibin", 1, 1, -3), "-3 among", "no number of an image");
    refused(Protocol.ANN, numbers("h.ibin", 9), "its header alone has 8");
    refused(Protocol.ANN, numbers("o.ibin", 3, 1, 1), "it was cut short");
    refused(Protocol.ANN, numbers("p.ibin", -1, 1, 1), "the nearest of 4,294,967,295 queries");
    refused(Protocol.ANN, file("t.txt", ""), "give .ivecs or .ibin");
  }

  @Test
  void imagesThatAreListedTwiceForAQueryCountOnceAndAreCounted() throws IOException {
    ProtocolTruth lists = TruthFiles.read(Protocol.CDVS, file("again.txt", "q1\ta\tA\tb\nq2\ta\n"));
    assertThat(lists.judged().get(0).relevant()).containsExactly("a", "b");
    assertThat(lists.repeated()).isEqualTo(1);
    assertThat(TruthRemarks.repeated(lists))
        .singleElement()
        .asString()
        .contains("once more: 1; each");
    ProtocolTruth solution =
        TruthFiles.read(
            Protocol.GLDV2, file("a.csv", "id,images,Usage\nq1,a b a a,Public\nq2,b,Private\n"));
    assertThat(solution.judged().get(0).relevant()).containsExactly("a", "b");
    assertThat(solution.repeated()).isEqualTo(2);
    ProtocolTruth json =
        TruthFiles.read(
            Protocol.ROXFORD5K,
            file(
                "again.json",
                "{\"imlist\": [\"a\", \"b\"], \"qimlist\": [\"q\"], \"gnd\": [{\"easy\": [0, 0],"
                    + " \"hard\": [1], \"junk\": []}]}"));
    assertThat(json.judged().get(0).relevant()).containsExactly("a");
    assertThat(json.repeated()).isEqualTo(1);
    assertThat(TruthRemarks.repeated(TruthFiles.read(Protocol.CDVS, file("o.txt", "q\ta\n"))))
        .isEmpty();
  }

  @Test
  void pairsAreTwoNamesOnEachLine() throws IOException {
    Path matching = file("m.txt", "A.jpg\tb.jpg\n\nb.jpg;c.jpg\n");
    PairLists read = PairLists.read(matching, file("n.txt", "a.jpg,c.jpg\n"));
    assertThat(read.matching())
        .containsExactly(
            new PairLists.Pair("a.jpg", "b.jpg"), new PairLists.Pair("b.jpg", "c.jpg"));
    assertThat(read.nonMatching()).containsExactly(new PairLists.Pair("a.jpg", "c.jpg"));
    assertThat(read.names()).containsExactlyInAnyOrder("a.jpg", "b.jpg", "c.jpg");

    pairsRefused(matching, file("o.txt", "a\n"), "not two images: a (--non-matching)");
    pairsRefused(matching, file("p.txt", "a,b\na,b\n"), "pair a and b more than once");
    pairsRefused(matching, file("q.txt", "b.jpg,a.jpg\n"), "they match, or they do not");
    pairsRefused(matching, file("r.txt", " \n"), "has no pair of images (--non-matching)");
    pairsRefused(folder.resolve("no"), matching, "no cannot be read", "(--matching)");
  }

  private static void pairsRefused(Path matching, Path nonMatching, String... words) {
    assertThatThrownBy(() -> PairLists.read(matching, nonMatching))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  /** Of some queries, with one index in the list of what is easy. */
  private static String revisited(String queries, String index) {
    String gnd = "{\"easy\": [" + index + "], \"hard\": [], \"junk\": []}";
    return "{\"imlist\": [\"a\", \"b\"], \"qimlist\": [\""
        + queries
        + "\"], \"gnd\": ["
        + (queries.contains(",") ? gnd + ", " : "")
        + gnd
        + "]}";
  }

  @Test
  void aQueryIsTakenOutOfWhatItShouldFindWhereTheProtocolDoes() throws IOException {
    Path lists = file("itself.txt", "q1\tq1\ta\nq2\tb\n");
    ProtocolTruth read = TruthFiles.read(Protocol.CDVS, lists);

    assertThat(read.withoutThemselves().judged())
        .extracting(one -> one.query() + one.relevant())
        .containsExactly("q1[a]", "q2[b]");
    assertThat(TruthRemarks.themselves(read))
        .containsExactly(
            "queries that the truth has among what they should find: 1 (q1); the protocol takes them"
                + " out of that");
    ProtocolTruth names = TruthFiles.ofNames(Protocol.UKBENCH, List.of("ukbench00003"));
    assertThat(names.withoutThemselves()).isSameAs(names);
  }

  @Test
  void holidaysWithoutOthersOrWithoutTheirQueryAreCounted() {
    List<String> there = List.of("100000", "100002", "100100", "100201", "100202", "100300");

    assertThat(
            TruthRemarks.unasked(TruthFiles.ofNames(Protocol.HOLIDAYS, there), Set.copyOf(there)))
        .containsExactly(
            "queries without another image of their group, left out: 2 (100100, 100300)",
            "groups whose query is not indexed, left out: 1 (1002)");
  }

  @Test
  void whatIsNoTruthIsSaidInASentence() throws IOException {
    Path pickle = Files.write(folder.resolve("gnd.pkl"), new byte[] {(byte) 0x80, 2, '}'});
    refused(Protocol.ROXFORD5K, pickle, "is a pickle", "bin/convert-truth");
    refused(Protocol.ROXFORD5K, file("a.json", "{"), "a.json is no JSON: see line 1, column 2");
    refused(Protocol.ROXFORD5K, file("n.json", "{\n\"x\": NaN}"), "n.json is no JSON: see line 2");
    refused(Protocol.ROXFORD5K, file("b.json", "[]"), "imlist, qimlist");
    refused(
        Protocol.ROXFORD5K,
        folder.resolve("none.json"),
        "none.json cannot be read: there is no such file (--truth)");
    for (String index : List.of("1.5", "4294967297", "\"1\"", "-1", "null")) {
      refused(
          Protocol.ROXFORD5K,
          file("index.json", revisited("q", index)),
          "easy names the image",
          index);
    }
    refused(
        Protocol.ROXFORD5K,
        file("twice.json", revisited("q\", \"q", "1")),
        "twice.json has the query q more than once");
    refused(
        Protocol.RPARIS6K,
        file(
            "c.json",
            "{\"imlist\": [\"a\"], \"qimlist\": [\"q\"], \"gnd\": [{\"easy\": [1], \"hard\": [],"
                + " \"junk\": []}]}"),
        "easy names the image 1 of 1");
    refused(
        Protocol.OXFORD5K,
        file("d.json", "{\"imlist\": [], \"qimlist\": [\"q\"], \"gnd\": [{\"easy\": []}]}"),
        "no list ok");
    refused(Protocol.HOLIDAYS, file("h.txt", ""), "leave out --truth");
  }
}
