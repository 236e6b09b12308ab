# Rules with every kind of condition, a redirect and a fixed response, if var.routes is set.
resource "aws_lb_listener_rule" "conditions" {
  count        = var.routes ? 1 : 0
  listener_arn = aws_lb_listener.http.arn
  priority     = 10
  tags         = { Name = "${var.stack}-rules.conditions" }

  condition {
    host_header {
      values = ["www.example.com"]
    }
  }
  condition {
    http_request_method {
      values = ["POST"]
    }
  }
  condition {
    http_header {
      http_header_name = "X-Version"
      values           = ["2*"]
    }
  }
  condition {
    query_string {
      key   = "debug"
      value = "1"
    }
  }
  condition {
    source_ip {
      values = ["10.0.0.0/8"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["shop-api1"].arn
  }
}

resource "aws_lb_listener_rule" "redirect" {
  count        = var.routes ? 1 : 0
  listener_arn = aws_lb_listener.http.arn
  priority     = 11
  tags         = { Name = "${var.stack}-rules.redirect" }

  condition {
    host_header {
      values = ["www.example.com"]
    }
  }

  action {
    type = "redirect"
    redirect {
      host        = "example.com"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener_rule" "respond" {
  count        = var.routes ? 1 : 0
  listener_arn = aws_lb_listener.http.arn
  priority     = 12
  tags         = { Name = "${var.stack}-rules.respond" }

  condition {
    path_pattern {
      values = ["/robots.txt"]
    }
  }

  action {
    type = "fixed-response"
    fixed_response {
      status_code  = "200"
      content_type = "text/plain"
      message_body = "User-agent: *"
    }
  }
}
