package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.ProtocolTruth.Judged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  void whatIsNoTruthIsSaidInASentence() throws IOException {
    Path pickle = Files.write(folder.resolve("gnd.pkl"), new byte[] {(byte) 0x80, 2, '}'});
    refused(Protocol.ROXFORD5K, pickle, "is a pickle", "bin/convert-truth");
    refused(Protocol.ROXFORD5K, file("a.json", "{"), "a.json is no JSON");
    refused(Protocol.ROXFORD5K, file("b.json", "[]"), "imlist, qimlist");
    refused(Protocol.ROXFORD5K, folder.resolve("none.json"), "none.json");
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
