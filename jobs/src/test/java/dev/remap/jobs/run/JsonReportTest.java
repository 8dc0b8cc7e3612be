package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonReportTest {
  @Test
  void everyRowSaysWhatItIsOfAndNumbersAreNumbersWhateverTheirSign() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonReport report = new JsonReport(new PrintStream(out, true, StandardCharsets.UTF_8));

    report
        .console()
        .table(
            List.of(
                List.of("setup", "queries", "gain", "interval"),
                List.of("easy", "1,234", "–", "+0.0100 to +0.0200"),
                List.of("", "1,234", "+0.0638", "+x"),
                List.of("hard", "7", "-0.5", "")));
    report.print("evaluate");

    JsonNode rows = new ObjectMapper().readTree(out.toByteArray()).path("tables").get(0);
    assertThat(rows)
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"setup\":\"easy\",\"queries\":1234,\"gain\":null,\"interval\":\"+0.0100 to +0.0200\"}",
            "{\"setup\":\"easy\",\"queries\":1234,\"gain\":0.0638,\"interval\":\"+x\"}",
            "{\"setup\":\"hard\",\"queries\":7,\"gain\":-0.5,\"interval\":\"\"}");
  }
}
